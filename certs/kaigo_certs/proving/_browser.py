"""The proof by a browser: with this store and this policy it opens the page and logs in, or says why not.

Everything is read only: one navigation to the address given, no form, no retry.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kaigo_certs._errors import ProofError
from kaigo_certs._hardening import child_environment
from kaigo_certs._i18n import N_
from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs.proving._bidi import firefox_page
from kaigo_certs.proving._cdp import chromium_page
from kaigo_certs.proving._program import find_browser

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from kaigo_certs.proving._page import Look, Page

CHOOSER_SECONDS: Final = 12.0
_SETTLE_SECONDS: Final = 0.3
_ERRORS: Final = (
    (
        ("ERR_BAD_SSL_CLIENT_AUTH_CERT", "ERR_SSL_CLIENT_AUTH", "ERR_SSL_PROTOCOL", "_ALERT"),
        "BROWSER_NO_CERTIFICATE",
    ),
    (
        ("ERR_CONNECTION_RESET", "ERR_CONNECTION_CLOSED", "ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT",
         "NS_ERROR_NET_RESET", "NS_ERROR_NET_INTERRUPT",
         "NS_ERROR_NET_EMPTY", "PR_END_OF_FILE", "PR_CONNECT_RESET"),
        "BROWSER_BROKEN_OFF",
    ),
    (
        ("ERR_CERT_", "ERR_SSL_VERSION", "SEC_ERROR_", "MOZILLA_PKIX_", "SSL_ERROR_BAD_CERT_DOMAIN",
         "SSL_ERROR_UNSUPPORTED_VERSION"),
        "BROWSER_SERVER_UNKNOWN",
    ),
)  # fmt: skip
"""The browsers' own words: ``net::ERR_...`` of Chromium, ``SSL_``, ``SEC_``, ``NS_ERROR_...`` of Firefox."""


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
    browser: str = "auto",
    home: Path | None = None,
    database: Path | None = None,
    marker: str | None = None,
    program: str | None = None,
    arguments: tuple[str, ...] = (),
    time_limit: float = CHOOSER_SECONDS,
) -> BrowserProof:
    """Open ``url`` in a headless browser with the stores and policies of this machine.

    ``browser``: ``chromium``, ``chrome``, ``edge``, ``firefox``, or ``auto`` for the first of the former
    three. ``database`` is the NSS folder to use (Linux), for Firefox the profile, which is needed; without it
    the others use that of ``home`` (default: the present user's). The browser's own profile is a fresh one.
    ``marker`` is a text that the page must show. Raises :class:`kaigo_certs.ProofError` when the browser does
    not start; without any browser the finding is a skip.
    """
    program = program or find_browser(browser)
    if program is None:
        seen = {"browser": "Chromium/Chrome/Edge" if browser == "auto" else browser.capitalize()}
        return BrowserProof(CertFinding("BROWSER_MISSING", Verdict.SKIP, seen))
    room = Path(tempfile.mkdtemp(prefix="kaigo-browser-"))
    try:
        async with _page(browser, program, room, home, database, arguments) as page:
            return await _visit(page, url, marker, time_limit)
    finally:
        await asyncio.to_thread(shutil.rmtree, room, ignore_errors=True)


def _page(  # noqa: PLR0913, PLR0917 - the parts of one start
    browser: str,
    program: str,
    room: Path,
    home: Path | None,
    database: Path | None,
    arguments: tuple[str, ...],
) -> AbstractAsyncContextManager[Page]:
    """A page of a fresh browser; all that it writes lies in ``room``."""
    profile = room / "profile"
    profile.mkdir()
    if browser == "firefox":
        if database is None:
            raise ProofError("BROWSER_PROFILE", path="-", why=N_("Firefox keeps certificates per profile"))
        return firefox_page(program, profile, database, _environment(room, room))
    return chromium_page(program, profile, _environment(home or _home_of(database, room), room), arguments)


def _home_of(database: Path | None, room: Path) -> Path | None:
    """A home in which ``database`` is the one that Chromium uses; None for the present user's own."""
    if database is None:
        return None
    (room / ".pki").mkdir()
    (room / ".pki" / "nssdb").symlink_to(database.absolute())
    return room


def _environment(home: Path | None, room: Path) -> Mapping[str, str]:
    environment = child_environment()
    if home is not None:
        environment["HOME"] = str(home)
    environment.setdefault("XDG_RUNTIME_DIR", str(room))
    return environment


async def _visit(page: Page, url: str, marker: str | None, time_limit: float) -> BrowserProof:
    start = time.perf_counter()
    try:
        error = await asyncio.wait_for(page.open(url), time_limit)
    except TimeoutError:
        seen = {"origin": url, "seconds": time_limit}
        return BrowserProof(CertFinding("BROWSER_CHOOSER", Verdict.FAIL, seen))
    milliseconds = round((time.perf_counter() - start) * 1000)
    if error:
        return BrowserProof(_error_finding(url, error))
    await asyncio.sleep(_SETTLE_SECONDS)
    look = await page.look()
    finding = _page_finding(url, look, marker, milliseconds)
    return BrowserProof(finding, look.text[:2000], look.server_issuer, look.protocol, look.picture)


def _error_finding(url: str, error: str) -> CertFinding:
    code = next((code for words, code in _ERRORS if any(w in error for w in words)), "BROWSER_NOT_REACHED")
    return CertFinding(code, Verdict.FAIL, {"origin": url, "error": error})


def _page_finding(url: str, look: Look, marker: str | None, milliseconds: int) -> CertFinding:
    status = look.status
    if not 200 <= status < 400:  # noqa: PLR2004 - HTTP
        if "No required SSL certificate" in look.text:  # nginx answers 400 rather than breaking the handshake
            seen = {"origin": url, "error": f"HTTP {status}"}
            return CertFinding("BROWSER_NO_CERTIFICATE", Verdict.FAIL, seen)
        first = " ".join(look.text.split())[:120]
        return CertFinding("BROWSER_HTTP", Verdict.FAIL, {"origin": url, "status": status, "text": first})
    if marker is not None and marker not in look.text:
        return CertFinding("BROWSER_MARKER_MISSING", Verdict.FAIL, {"origin": url, "marker": marker})
    return CertFinding("BROWSER_LOGGED_IN", Verdict.OK, {"origin": url, "status": status, "ms": milliseconds})
