"""The proof by a browser: with this store and this policy it opens the page and logs in, or says why not.

Everything is read only: one navigation to the address given, no form, no retry.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs.proving._cdp import Page, browser_page, find_browser

if TYPE_CHECKING:
    from collections.abc import Mapping

CHOOSER_SECONDS: Final = 12.0
_SETTLE_SECONDS: Final = 0.3
_ERRORS: Final = (
    (("ERR_BAD_SSL_CLIENT_AUTH_CERT", "ERR_SSL_CLIENT_AUTH", "ERR_SSL_PROTOCOL"), "BROWSER_NO_CERTIFICATE"),
    (
        ("ERR_CONNECTION_RESET", "ERR_CONNECTION_CLOSED", "ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT"),
        "BROWSER_BROKEN_OFF",
    ),
    (("ERR_CERT_", "ERR_SSL_VERSION"), "BROWSER_SERVER_UNKNOWN"),
)


@dataclass(frozen=True, slots=True)
class BrowserProof:
    """What the browser got. ``screenshot`` is a PNG, or None where no page came."""

    finding: CertFinding
    page_text: str = ""
    server_issuer: str = ""
    protocol: str = ""
    screenshot: bytes | None = None


async def prove_in_browser(  # noqa: PLR0913 - every part of the proof, by name
    url: str,
    *,
    home: Path | None = None,
    marker: str | None = None,
    program: str | None = None,
    arguments: tuple[str, ...] = (),
    time_limit: float = CHOOSER_SECONDS,
) -> BrowserProof:
    """Open ``url`` in a headless Chromium with the stores and policies of this machine.

    ``home`` is the user's folder whose NSS database is used (default: the present user's); the profile is a
    fresh one. ``marker`` is a text that the page must show. Raises :class:`kaigo_certs.ProofError` when the
    browser does not start; without any browser the finding is a skip.
    """
    program = program or find_browser()
    if program is None:
        return BrowserProof(CertFinding("BROWSER_MISSING", Verdict.SKIP))
    profile = Path(tempfile.mkdtemp(prefix="kaigo-browser-"))
    try:
        async with browser_page(program, profile, _environment(home, profile), arguments) as page:
            return await _visit(page, url, marker, time_limit)
    finally:
        await asyncio.to_thread(shutil.rmtree, profile, ignore_errors=True)


def _environment(home: Path | None, profile: Path) -> Mapping[str, str]:
    environment = dict(os.environ)
    if home is not None:
        environment["HOME"] = str(home)
    environment.setdefault("XDG_RUNTIME_DIR", str(profile))
    return environment


async def _visit(page: Page, url: str, marker: str | None, time_limit: float) -> BrowserProof:
    await page.call("Page.enable")
    await page.call("Network.enable")
    start = time.perf_counter()
    try:
        answer = await asyncio.wait_for(page.call("Page.navigate", url=url), time_limit)
    except TimeoutError:
        seen = {"origin": url, "seconds": time_limit}
        return BrowserProof(CertFinding("BROWSER_CHOOSER", Verdict.FAIL, seen))
    milliseconds = round((time.perf_counter() - start) * 1000)
    if answer.get("errorText"):
        return BrowserProof(_error_finding(url, str(answer["errorText"])))
    return await _look(page, url, marker, milliseconds)


def _error_finding(url: str, error: str) -> CertFinding:
    code = next((code for starts, code in _ERRORS if any(s in error for s in starts)), "BROWSER_NOT_REACHED")
    return CertFinding(code, Verdict.FAIL, {"origin": url, "error": error})


async def _look(page: Page, url: str, marker: str | None, milliseconds: int) -> BrowserProof:
    """Text, status and picture of the page that came."""
    await asyncio.sleep(_SETTLE_SECONDS)
    evaluated = await page.call("Runtime.evaluate", expression="document.body ? document.body.innerText : ''")
    text = str(evaluated.get("result", {}).get("value") or "")
    picture = await page.call("Page.captureScreenshot", format="png")
    security: dict[str, Any] = page.document.get("securityDetails") or {}
    return BrowserProof(
        _page_finding(url, int(page.document.get("status", 0)), text, marker, milliseconds),
        text[:2000],
        str(security.get("issuer", "")),
        str(security.get("protocol", "")),
        base64.b64decode(picture["data"]) if picture.get("data") else None,
    )


def _page_finding(url: str, status: int, text: str, marker: str | None, milliseconds: int) -> CertFinding:
    if not 200 <= status < 400:  # noqa: PLR2004 - HTTP
        first = " ".join(text.split())[:120]
        if "No required SSL certificate" in text:  # nginx answers 400 rather than breaking the handshake
            return CertFinding(
                "BROWSER_NO_CERTIFICATE", Verdict.FAIL, {"origin": url, "error": f"HTTP {status}"}
            )
        return CertFinding("BROWSER_HTTP", Verdict.FAIL, {"origin": url, "status": status, "text": first})
    if marker is not None and marker not in text:
        return CertFinding("BROWSER_MARKER_MISSING", Verdict.FAIL, {"origin": url, "marker": marker})
    return CertFinding("BROWSER_LOGGED_IN", Verdict.OK, {"origin": url, "status": status, "ms": milliseconds})
