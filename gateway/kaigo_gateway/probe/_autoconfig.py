"""Where the operating system says that its PAC script lies, and fetching it.

The environment's ``auto_proxy`` (as libproxy and desktop programs read it), the Windows registry, macOS. The
two last were not run here: they need their systems.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kaigo_gateway.probe._tunnel import ProxyRefusal

FETCH_LIMIT: Final = 5.0
"""Seconds for each step of fetching the script."""
SIZE_LIMIT: Final = 1024 * 1024


def autoconfig_address() -> str | None:
    """The address (URL or path) of the system's PAC script, None where none is set."""
    found = os.environ.get("auto_proxy")  # noqa: SIM112 - lower case, as other programs read it
    if found:
        return found
    if sys.platform == "win32":
        from pypac.os_settings import autoconfig_url_from_registry

        address: str | None = autoconfig_url_from_registry()
        return address
    return _of_scutil(_scutil()) if sys.platform == "darwin" else None


def _scutil() -> str:
    """What ``scutil --proxy`` prints; nothing where it cannot be asked (macOS, not run here)."""
    try:
        told = subprocess.run(
            ["/usr/sbin/scutil", "--proxy"], capture_output=True, text=True, timeout=FETCH_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout


def _of_scutil(told: str) -> str | None:
    """The address in the answer of ``scutil --proxy``, if its use is switched on."""
    values = dict(re.findall(r"^\s*(ProxyAutoConfig\w+) : (.+?)\s*$", told, re.MULTILINE))
    return values.get("ProxyAutoConfigURLString") if values.get("ProxyAutoConfigEnable") == "1" else None


def fetched(address: str) -> bytes:
    """The script at ``address``, fetched without any proxy; raises :class:`ProxyRefusal`."""
    parts = urlsplit(address)
    try:
        if parts.scheme in {"http", "https"}:
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with direct.open(address, timeout=FETCH_LIMIT) as answer:
                script: bytes = answer.read(SIZE_LIMIT)
            return script
        place = urllib.request.url2pathname(parts.path) if parts.scheme == "file" else address
        return Path(place).read_bytes()[:SIZE_LIMIT]
    except (OSError, HTTPException, ValueError) as error:
        detail = getattr(error, "strerror", None) or type(error).__name__
        raise ProxyRefusal("PAC_UNREADABLE", pac=shown_name(address), detail=detail) from None


def shown_name(address: str) -> str:
    """The script's file name, or its host: an address may hold a password."""
    parts = urlsplit(address)
    return Path(parts.path).name or parts.hostname or "PAC"
