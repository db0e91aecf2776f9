"""``cert verify``: the staged TLS connection and, where wanted, the browsers of this machine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kaigo_certs import CertificateError, is_firefox_profile, prove_in_browser

from kaigo_gateway.certificate.reasons import finding_of, finding_of_error
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.probe import Target, Trust, probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_certs import Identity

    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.probe import ProxyChoice


async def by_probe(url: str, identity: Identity, ca_file: Path | None, proxy: ProxyChoice | None) -> Finding:
    """The probe's own finding for ``url`` with this certificate."""
    result = await probe(Target.parse(url), trust=Trust.pinned(ca_file), identity=identity, proxy=proxy)
    return result.finding()


@dataclass(frozen=True, slots=True)
class Visit:
    """One proof: which browser (``auto`` is any Chromium), with which NSS folder (None: the user's own)."""

    browser: str
    database: Path | None = None


def visits(browser: str, stores: Sequence[str], profile: Path | None = None) -> list[Visit]:
    """The proofs that ``--browser`` asks for: each NSS store named is proved by the browser that uses it.

    Raises :class:`InputError` where Firefox is wanted and no profile named.
    """
    named = [Path(name.partition(":")[2]).expanduser() for name in stores if name.startswith("nss:")]
    profiles = [folder for folder in named if is_firefox_profile(folder)] + ([profile] if profile else [])
    databases = [folder for folder in named if folder not in profiles]
    if browser == "firefox":
        if not (profiles or databases):
            raise InputError(
                N_("Firefox keeps certificates per profile, and no profile is named."),
                N_("Name its folder: --store nss:FOLDER (about:support in Firefox shows it)."),
            )
        return [Visit("firefox", folder) for folder in dict.fromkeys(profiles or databases)]
    found = [Visit("firefox", folder) for folder in dict.fromkeys(profiles)] if browser == "auto" else []
    found += [Visit(browser, folder) for folder in databases]
    return found if found and "nss" not in stores else [*found, Visit(browser)]


async def by_browsers(
    url: str, wanted: Sequence[Visit], *, marker: str | None, screenshot: Path | None
) -> list[Finding]:
    """What each browser got at ``url``; from the second on, pictures are numbered."""
    findings = []
    for number, visit in enumerate(wanted, 1):
        path = screenshot and (screenshot if number == 1 else _numbered(screenshot, number))
        findings.append(await _by_browser(url, visit, marker, path))
    return findings


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


async def _by_browser(url: str, visit: Visit, marker: str | None, screenshot: Path | None) -> Finding:
    from kaigo_gateway._papers import write_file

    subject = "firefox" if visit.browser == "firefox" else "browser"
    try:
        proof = await prove_in_browser(url, browser=visit.browser, database=visit.database, marker=marker)
    except CertificateError as error:
        return finding_of_error(error, subject=subject)
    if screenshot is not None and proof.screenshot is not None:
        await asyncio.to_thread(write_file, screenshot, proof.screenshot)
    return finding_of(proof.finding).model_copy(update={"subject": subject})
