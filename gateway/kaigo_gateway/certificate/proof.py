"""``cert verify``: the staged TLS connection and, where wanted, a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_certs import CertificateError, prove_in_browser

from kaigo_gateway.certificate.reasons import finding_of, finding_of_error
from kaigo_gateway.probe import Target, Trust, probe

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_certs import Identity

    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.probe import ProxyChoice


async def by_probe(url: str, identity: Identity, ca_file: Path | None, proxy: ProxyChoice | None) -> Finding:
    """The probe's own finding for ``url`` with this certificate."""
    result = await probe(Target.parse(url), trust=Trust.pinned(ca_file), identity=identity, proxy=proxy)
    return result.finding()


async def by_browser(url: str, *, marker: str | None, screenshot: Path | None) -> Finding:
    """What a headless browser of this machine got at ``url``, with its own stores and policies."""
    import asyncio

    from kaigo_gateway._papers import write_file

    try:
        proof = await prove_in_browser(url, marker=marker)
    except CertificateError as error:
        return finding_of_error(error, subject="browser")
    if screenshot is not None and proof.screenshot is not None:
        await asyncio.to_thread(write_file, screenshot, proof.screenshot)
    return finding_of(proof.finding).model_copy(update={"subject": "browser"})
