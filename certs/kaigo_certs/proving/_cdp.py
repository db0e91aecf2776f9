"""A headless Chromium, Chrome or Edge, driven over its DevTools protocol with nothing but aiohttp."""

from __future__ import annotations

import base64
import json
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from kaigo_certs._errors import ProofError
from kaigo_certs._i18n import N_
from kaigo_certs.proving._page import Look
from kaigo_certs.proving._program import running, written

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    import aiohttp


class ChromiumPage:
    """One tab: send a command, wait for its answer; document responses are kept on the way."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number = socket, 0
        self._document: dict[str, Any] = {}

    async def open(self, url: str) -> str:
        """Navigate; ``net::ERR_...`` or an empty text."""
        await self._call("Page.enable")
        await self._call("Network.enable")
        answer = await self._call("Page.navigate", url=url)
        return str(answer.get("errorText") or "")

    async def look(self) -> Look:
        """Text, status, picture and connection of the page that came."""
        script = "document.body ? document.body.innerText : ''"
        evaluated = await self._call("Runtime.evaluate", expression=script)
        picture = await self._call("Page.captureScreenshot", format="png")
        security: dict[str, Any] = self._document.get("securityDetails") or {}
        return Look(
            int(self._document.get("status", 0)),
            str(evaluated.get("result", {}).get("value") or ""),
            base64.b64decode(picture["data"]) if picture.get("data") else None,
            str(security.get("issuer", "")),
            str(security.get("protocol", "")),
        )

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = await received(self._socket)
            if message.get("method") == "Network.responseReceived":
                self._keep(message["params"])
            if message.get("id") == self._number:
                result: dict[str, Any] = message.get("result", {})
                return result

    def _keep(self, parameters: dict[str, Any]) -> None:
        if parameters.get("type") == "Document":
            self._document = parameters["response"]


async def received(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """The next message; :class:`ProofError` when the browser is gone."""
    message = await socket.receive()
    try:
        decoded: dict[str, Any] = json.loads(message.data)
    except (TypeError, ValueError):
        raise ProofError("BROWSER_DID_NOT_START", why=N_("the browser ended")) from None
    return decoded


@asynccontextmanager
async def chromium_page(
    program: str, profile: Path, environment: Mapping[str, str], arguments: tuple[str, ...] = ()
) -> AsyncIterator[ChromiumPage]:
    """A page of a fresh headless browser with an empty ``profile``."""
    import aiohttp

    async with running(program, _arguments(profile, arguments), environment) as process:
        port = await written(process, lambda: _port(profile / "DevToolsActivePort"))
        async with aiohttp.ClientSession(trust_env=False) as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                tabs = await answer.json(content_type=None)
            address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(address, max_msg_size=0) as socket:
                yield ChromiumPage(socket)


def _arguments(profile: Path, further: tuple[str, ...]) -> list[str]:
    fixed = [
        "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
        "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={profile}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        fixed.append("--no-sandbox")  # Chromium refuses to start as root otherwise
    return [*fixed, *further, "about:blank"]


def _port(path: Path) -> int:
    """The port that the browser chose and wrote into its profile; 0 while it has not finished."""
    first, rest = path.read_text().split("\n", 1)
    return int(first) if rest else 0
