"""For vendors who freeze their product: PyInstaller finds our hook by its entry point."""

from __future__ import annotations

from pathlib import Path


def get_hook_dirs() -> list[str]:
    """The folder with ``hook-kaigo_gateway.py``."""
    return [str(Path(__file__).parent)]
