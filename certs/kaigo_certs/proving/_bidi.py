"""A headless Firefox, driven over WebDriver BiDi with nothing but aiohttp.

A profile in use cannot be opened twice, and a proof must change nothing: so Firefox gets a fresh profile that
borrows the store (links to the NSS database) and the preferences (copies) of the one to be proved. Seen with
Firefox ESR 153 on Linux.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import ProofError
from kaigo_certs._i18n import N_
from kaigo_certs.proving._cdp import received
from kaigo_certs.proving._page import Look
from kaigo_certs.proving._program import running, written

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    import aiohttp

_STORE: Final = ("cert9.db", "key4.db", "pkcs11.txt")
_PREFERENCES: Final = ("prefs.js", "user.js")
_SECURITY: Final = re.compile(r"NS_ERROR_MODULE_SECURITY, (\w+)")


class FirefoxPage:
    """One tab: send a command, wait for its answer; document responses are kept on the way."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number, self._status = socket, 0, 0
        self._context = ""

    async def begin(self) -> None:
        """Take the one tab; before any time of a proof is counted, as a busy machine needs seconds for it."""
        await self._result("session.new", capabilities={})
        tree = await self._result("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]
        await self._result("session.subscribe", events=["network.responseCompleted"])

    async def open(self, url: str) -> str:
        """Navigate; ``SSL_ERROR_...``, ``NS_ERROR_...`` or an empty text."""
        answer = await self._call("browsingContext.navigate", context=self._context, url=url, wait="complete")
        return _reason(str(answer.get("message", ""))) if answer.get("type") == "error" else ""

    async def look(self) -> Look:
        """Text, status and picture of the page that came."""
        evaluated = await self._result(
            "script.evaluate", expression="document.body ? document.body.innerText : ''",
            target={"context": self._context}, awaitPromise=False,
        )  # fmt: skip
        picture = await self._result("browsingContext.captureScreenshot", context=self._context)
        text = str(evaluated.get("result", {}).get("value") or "")
        return Look(self._status, text, base64.b64decode(picture["data"]) if picture.get("data") else None)

    async def _result(self, method: str, **parameters: Any) -> dict[str, Any]:
        answer = await self._call(method, **parameters)
        if answer.get("type") == "error":
            raise ProofError("BROWSER_DID_NOT_START", why=f"{method}: {answer.get('error')}")
        result: dict[str, Any] = answer["result"]
        return result

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = await received(self._socket)
            if message.get("method") == "network.responseCompleted":
                self._keep(message["params"])
            if message.get("id") == self._number:
                return message

    def _keep(self, parameters: dict[str, Any]) -> None:
        if parameters.get("navigation"):
            self._status = int(parameters["response"]["status"])


def _reason(message: str) -> str:
    """The name of the error in ``Error: NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, NAME)``."""
    named = _SECURITY.search(message)
    return named[1] if named else message.removeprefix("Error: ")[:120]


@asynccontextmanager
async def firefox_page(
    program: str, profile: Path, borrowed: Path, environment: Mapping[str, str]
) -> AsyncIterator[FirefoxPage]:
    """A page of a fresh headless Firefox in ``profile`` with store and preferences of ``borrowed``."""
    import aiohttp

    borrow(borrowed, profile)
    fixed = ("--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0")
    async with running(program, fixed, environment) as process:
        host, port = await written(process, lambda: _address(profile / "WebDriverBiDiServer.json"))
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.ws_connect(f"ws://{host}:{port}/session", max_msg_size=0) as socket,
        ):
            page = FirefoxPage(socket)
            await page.begin()
            yield page


def borrow(source: Path, profile: Path) -> None:
    """Links to the store of ``source`` and copies of its preferences; :class:`ProofError` without a store."""
    if not (source / "cert9.db").exists():
        why = N_("the folder holds no certificate store of Firefox")
        raise ProofError("BROWSER_PROFILE", path=str(source), why=why)
    for name in _STORE:
        if (source / name).exists():
            (profile / name).symlink_to((source / name).absolute())
    for name in _PREFERENCES:
        if (source / name).exists():
            shutil.copyfile(source / name, profile / name)


def _address(path: Path) -> tuple[str, int]:
    found = json.loads(path.read_bytes())
    return str(found["ws_host"]), int(found["ws_port"])
