"""The installed version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("kaigo-gateway")
except PackageNotFoundError:  # a frozen product without metadata
    __version__ = "0+unknown"
