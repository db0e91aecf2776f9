"""Which browsers this terminal has, in which version; which of them the service supports is not confirmed.

Windows (registry) and macOS (``Info.plist``) are read as their documentation says; they were not run.
"""

from __future__ import annotations

import importlib
import platform
import plistlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_LIMIT: Final = 5.0
"""Seconds that a browser may take to say its version."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class _Browser:
    """Where a browser is found: Windows program and registry value, Linux command, macOS folder."""

    name: str
    program: str
    version_key: tuple[str, str]
    command: str
    app: str


_BROWSERS: Final = (
    _Browser("Microsoft Edge", "msedge.exe", (r"Software\Microsoft\Edge\BLBeacon", "version"),
             "microsoft-edge", "/Applications/Microsoft Edge.app"),
    _Browser("Google Chrome", "chrome.exe", (r"Software\Google\Chrome\BLBeacon", "version"),
             "google-chrome", "/Applications/Google Chrome.app"),
    _Browser("Chromium", "chromium.exe", (r"Software\Chromium\BLBeacon", "version"),
             "chromium", "/Applications/Chromium.app"),
    _Browser("Firefox", "firefox.exe", (r"Software\Mozilla\Mozilla Firefox", "CurrentVersion"),
             "firefox", "/Applications/Firefox.app"),
)  # fmt: skip


def browsers() -> list[str]:
    """Names with versions, such as ``Chromium 156.0.8078.79``; the name alone where no version is told."""
    look = {"Windows": _on_windows, "Darwin": _on_macos}.get(platform.system(), _elsewhere)
    found = ((browser.name, look(browser)) for browser in _BROWSERS)
    return [f"{name} {version}".strip() for name, version in found if version is not None]


def _elsewhere(browser: _Browser) -> str | None:
    """The version that the program itself tells."""
    path = shutil.which(browser.command) or shutil.which(f"{browser.command}-esr")
    if path is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a browser by its own name, no shell
            [path, "--version"], capture_output=True, text=True, timeout=_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = _NUMBER.search(told.stdout)
    return number.group() if number else ""


def _on_windows(browser: _Browser) -> str | None:
    """The registry's word: is the program known, and which version does the browser note there."""
    winreg: Any = importlib.import_module("winreg")
    roots = (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE)
    place = rf"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\{browser.program}"
    if all(_value(winreg, root, place, "") is None for root in roots):
        return None
    versions = (_value(winreg, root, *browser.version_key) for root in roots)
    number = _NUMBER.search(next((version for version in versions if version), ""))
    return number.group() if number else ""


def _value(winreg: Any, root: Any, key: str, name: str) -> str | None:
    try:
        with winreg.OpenKey(root, key) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    except OSError:
        return None


def _on_macos(browser: _Browser) -> str | None:
    """The version in the application's own description."""
    folder = Path(browser.app)
    if not folder.exists():
        return None
    try:
        described = plistlib.loads((folder / "Contents" / "Info.plist").read_bytes())
    except (OSError, ValueError, plistlib.InvalidFileException):
        return ""
    return str(described.get("CFBundleShortVersionString", ""))
