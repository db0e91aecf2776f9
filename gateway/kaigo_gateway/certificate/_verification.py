"""``cert verify``: held by the store, accepted by the server, offered by the browser."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kaigo_certs import CertificateError

from kaigo_gateway.certificate import operations, proof
from kaigo_gateway.certificate._access import as_input_error, open_vault
from kaigo_gateway.certificate._choice import choose
from kaigo_gateway.certificate._plugin_stores import plugin_stores
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_certs import Identity, Vault

    from kaigo_gateway.model.results import Finding


async def verify(  # noqa: PLR0913 - the options of the command
    *,
    office: str,
    sha256: str | None,
    stores: tuple[str, ...],
    url: str | None,
    ca_file: Path | None,
    proxy: str,
    browser: str | None,
    marker: str | None,
    screenshot: Path | None,
    firefox_profile: Path | None,
    remove_old: bool,
    vault_folder: Path | None,
    vault_passphrase_file: Path | None,
    vault_keyring: bool,
) -> list[Finding]:
    """All proofs asked for. Older certificates go only when every proof has succeeded."""
    if url is None and (browser or remove_old):
        raise InputError(
            N_("--browser and --remove-old need an address to prove."), N_("Give it with --url.")
        )
    visits = proof.visits(browser, stores, firefox_profile) if browser else []
    vault = await open_vault(vault_folder, vault_passphrase_file, keyring=vault_keyring)
    identity = await _identity(vault, office, sha256)
    extra = await plugin_stores(stores)
    findings = await operations.held_by(vault, office, identity.sha256, stores, extra)
    if url is not None:
        findings.append(await _by_probe(url, identity, ca_file, proxy))
        findings += await proof.by_browsers(url, visits, marker=marker, screenshot=screenshot)
    if remove_old and all(finding.status in {"ok", "warn"} for finding in findings):
        findings += await operations.retire(vault, identity, stores, extra)
    return findings


async def _identity(vault: Vault, office: str, sha256: str | None) -> Identity:
    """The certificate meant, else the one in use."""
    wanted = None if sha256 is None else choose(vault, office, sha256).sha256
    try:
        identity = await asyncio.to_thread(vault.identity, office, wanted)
    except CertificateError as error:
        raise as_input_error(error) from None
    if identity is None:
        raise as_input_error(CertificateError("CERT_NOT_IN_VAULT", office_number=office))
    return identity


async def _by_probe(url: str, identity: Identity, ca_file: Path | None, proxy: str) -> Finding:
    from kaigo_gateway.probe import ProxyChoice

    return await proof.by_probe(url, identity, ca_file, ProxyChoice(proxy))
