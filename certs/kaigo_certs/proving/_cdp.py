"""A headless Chromium, driven over its DevTools protocol with nothing but aiohttp."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import ProofError
from kaigo_certs._i18n import N_

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    import aiohttp

_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
)
_START_SECONDS: Final = 30


def find_browser() -> str | None:
    """The program of an installed Chromium or Chrome, or None."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Page:
    """One tab: send a command, wait for its answer; document responses are kept on the way."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number = socket, 0
        self.document: dict[str, Any] = {}

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command; :class:`ProofError` when the browser is gone."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = await self._receive()
            if message.get("method") == "Network.responseReceived":
                self._keep(message["params"])
            if message.get("id") == self._number:
                result: dict[str, Any] = message.get("result", {})
                return result

    async def _receive(self) -> dict[str, Any]:
        message = await self._socket.receive()
        try:
            decoded: dict[str, Any] = json.loads(message.data)
        except (TypeError, ValueError):
            raise ProofError("BROWSER_DID_NOT_START", why=N_("the browser ended")) from None
        return decoded

    def _keep(self, parameters: dict[str, Any]) -> None:
        if parameters.get("type") == "Document":
            self.document = parameters["response"]


@asynccontextmanager
async def browser_page(
    program: str, profile: Path, environment: Mapping[str, str], arguments: tuple[str, ...] = ()
) -> AsyncIterator[Page]:
    """A page of a fresh headless browser; the browser and all its children end with the block."""
    import aiohttp

    process = await _start(program, profile, environment, arguments)
    try:
        port = await _port(process, profile / "DevToolsActivePort")
        async with aiohttp.ClientSession(trust_env=False) as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                tabs = await answer.json(content_type=None)
            address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(address, max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        await _stop(process)


async def _start(
    program: str, profile: Path, environment: Mapping[str, str], arguments: tuple[str, ...]
) -> asyncio.subprocess.Process:
    fixed = [
        "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
        "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={profile}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        fixed.append("--no-sandbox")  # Chromium refuses to start as root otherwise
    try:
        return await asyncio.create_subprocess_exec(
            program,
            *fixed,
            *arguments,
            "about:blank",
            env=dict(environment),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        raise ProofError("BROWSER_DID_NOT_START", why=error.strerror or type(error).__name__) from None


async def _port(process: asyncio.subprocess.Process, path: Path) -> int:
    """The port that the browser chose and wrote into its profile."""
    for _ in range(_START_SECONDS * 20):
        if process.returncode is not None:
            raise ProofError("BROWSER_DID_NOT_START", why=f"exit code {process.returncode}")
        port = _read_port(path)
        if port:
            return port
        await asyncio.sleep(0.05)
    raise ProofError("BROWSER_DID_NOT_START", why=f"no answer within {_START_SECONDS} seconds")


def _read_port(path: Path) -> int:
    """The port in the file; 0 while the browser has not finished writing it."""
    with suppress(OSError, ValueError):
        first, rest = path.read_text().split("\n", 1)
        return int(first) if rest else 0
    return 0


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End the browser and its children: politely, then firmly."""
    for force in (False, True):
        if process.returncode is not None:
            return
        _end(process, force=force)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)


def _end(process: asyncio.subprocess.Process, *, force: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)
