"""The browsers of this machine, and running one of them so that nothing of it stays."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import ProofError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    Process = asyncio.subprocess.Process

BROWSERS: Final = ("chromium", "chrome", "edge", "firefox")
_START_SECONDS: Final = 30
_NAMES: Final = {
    "chromium": ("chromium", "chromium-browser"),
    "chrome": ("google-chrome", "google-chrome-stable", "chrome"),
    "edge": ("microsoft-edge", "microsoft-edge-stable", "msedge"),
    "firefox": ("firefox-esr", "firefox"),
}
_PLACES: Final = {  # not run on Windows or macOS; there browsers are not on the path
    ("win32", "edge"): ("Microsoft/Edge/Application/msedge.exe",),
    ("win32", "chrome"): ("Google/Chrome/Application/chrome.exe",),
    ("win32", "firefox"): ("Mozilla Firefox/firefox.exe",),
    ("darwin", "chrome"): ("Google Chrome.app/Contents/MacOS/Google Chrome",),
    ("darwin", "edge"): ("Microsoft Edge.app/Contents/MacOS/Microsoft Edge",),
    ("darwin", "chromium"): ("Chromium.app/Contents/MacOS/Chromium",),
    ("darwin", "firefox"): ("Firefox.app/Contents/MacOS/firefox",),
}
_ROOTS: Final = ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")
_APPLICATIONS: Final = "/Applications"


def find_browser(browser: str = "auto") -> str | None:
    """The program of an installed ``browser``; ``auto`` is the first of Chromium, Chrome and Edge."""
    wanted = ("chromium", "chrome", "edge") if browser == "auto" else (browser,)
    if browser == "auto" and sys.platform == "win32":
        wanted = ("edge", "chrome")  # the terminals of the platform have Edge
    return next((found for each in wanted for found in _programs(each)), None)


def _programs(browser: str) -> list[str]:
    on_path = [found for name in _NAMES[browser] if (found := shutil.which(name))]
    places = _PLACES.get((sys.platform, browser), ())
    roots = [os.environ.get(name, "") for name in _ROOTS] if sys.platform == "win32" else [_APPLICATIONS]
    installed = [Path(root) / place for root in roots if root for place in places]
    return [*on_path, *(str(path) for path in installed if path.exists())]


@asynccontextmanager
async def running(
    program: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> AsyncIterator[Process]:
    """The program; it and all its children end with the block."""
    try:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, env=dict(environment), stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, start_new_session=sys.platform != "win32",
        )  # fmt: skip
    except OSError as error:
        raise ProofError("BROWSER_DID_NOT_START", why=error.strerror or type(error).__name__) from None
    try:
        yield process
    finally:
        await _stop(process)


async def written(process: Process, read: Callable[[], Any]) -> Any:
    """What the browser writes once it is up: the first result of ``read`` that says anything."""
    for _ in range(_START_SECONDS * 20):
        if process.returncode is not None:
            raise ProofError("BROWSER_DID_NOT_START", why=f"exit code {process.returncode}")
        with suppress(OSError, ValueError, KeyError):
            found = read()
            if found:
                return found
        await asyncio.sleep(0.05)
    raise ProofError("BROWSER_DID_NOT_START", why=f"no answer within {_START_SECONDS} seconds")


async def _stop(process: Process) -> None:
    """End the browser and its children: politely, then firmly."""
    for force in (False, True):
        if process.returncode is not None:
            return
        _end(process, force=force)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)


def _end(process: Process, *, force: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)
