"""``cert install`` and ``cert remove``."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from kaigo_certs import (
    MANAGED_FOLDERS,
    SELECT_AUTOMATICALLY,
    CertificateError,
    FirefoxProfile,
    PolicyFolder,
    PolicyInstaller,
    RegistryPolicies,
    StoreError,
    check_origin,
    entry_for,
)

from kaigo_gateway.certificate import operations
from kaigo_gateway.certificate._access import as_input_error, open_vault, read_optional
from kaigo_gateway.certificate._choice import choose, the_office_named
from kaigo_gateway.certificate._inspection import completed, read_bundle
from kaigo_gateway.certificate._plugin_stores import plugin_stores
from kaigo_gateway.certificate.reasons import CERTIFICATE_REASONS, finding_of_error
from kaigo_gateway.certificate.stores import journal_folder

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_certs import Bundle, Vault

    from kaigo_gateway.model.results import Finding


async def install_file(  # noqa: PLR0913 - the options of the command
    *,
    file: Path,
    password_file: Path | None,
    key_file: Path | None,
    issuer_file: Path | None,
    fetch_issuer: bool,
    office: str | None,
    stores: tuple[str, ...],
    origin: str | None,
    policy_dir: Path | None,
    firefox_profile: Path | None,
    vault_folder: Path | None,
    vault_passphrase_file: Path | None,
    vault_keyring: bool,
) -> list[Finding]:
    """Judge the file; where nothing fails, keep it, install it, and set the selection policy."""
    issuer_pem = read_optional(issuer_file)
    if origin is not None:
        _refuse_wide(origin)
    try:
        bundle = await read_bundle(file, password_file, key_file, office)
    except CertificateError as error:
        return [finding_of_error(error)]
    office = office or the_office_named(bundle)
    vault = await open_vault(vault_folder, vault_passphrase_file, create=True, keyring=vault_keyring)
    bundle, fetched = await completed(bundle, wanted=fetch_issuer)
    extra = await plugin_stores(stores)
    try:
        findings = [
            *fetched,
            *await operations.install(vault, bundle, office, stores, issuer_pem, extra=extra),
        ]
    except CertificateError as error:
        return [finding_of_error(error)]
    if any(finding.status == "fail" for finding in findings):
        return findings
    if origin is not None:
        findings.append(await asyncio.to_thread(set_policy, origin, bundle, policy_dir, vault))
    if firefox_profile is not None:
        findings.append(await asyncio.to_thread(set_firefox, firefox_profile, bundle, vault))
    return findings


def _refuse_wide(origin: str) -> None:
    """Wrong use is said before anything is written. Raises :class:`InputError`."""
    try:
        check_origin(origin)
    except StoreError as error:
        raise as_input_error(error) from None


def policy_installer(folder: Path | None, vault: Vault) -> PolicyInstaller:
    """The policies of this machine's browser: Edge on Windows (not run there), else a folder of files."""
    windows = sys.platform == "win32" and folder is None
    place = RegistryPolicies() if windows else PolicyFolder(folder or MANAGED_FOLDERS["chromium"])
    return PolicyInstaller(place, journal_folder(vault))


def set_policy(origin: str, bundle: Bundle, folder: Path | None, vault: Vault) -> Finding:
    """Let the browser choose this certificate at exactly one origin."""
    try:
        plan = policy_installer(folder, vault).set(entry_for(origin, bundle.leaf), bundle.sha256)
    except StoreError as error:
        return finding_of_error(error, subject="policy")
    code = "POLICY_ALREADY_SET" if plan["present"] else "POLICY_SET"
    return CERTIFICATE_REASONS.finding(code, subject="policy", seen={"origin": origin, "path": plan["path"]})


def drop_policy(origin: str, folder: Path | None, vault: Vault) -> Finding:
    """Take the choice at an origin back."""
    try:
        installer = policy_installer(folder, vault)
        done = installer.remove(origin)
    except StoreError as error:
        return finding_of_error(error, subject="policy")
    seen = {"origin": origin, "path": installer.place.target()}
    code = "POLICY_REMOVED" if done else "POLICY_NOT_SET"
    return CERTIFICATE_REASONS.finding(code, subject="policy", seen=seen)


def set_firefox(profile: Path, bundle: Bundle, vault: Vault) -> Finding:
    """Let one Firefox profile choose certificates by itself; it can say so for every site only."""
    try:
        installer = PolicyInstaller(FirefoxProfile(profile), journal_folder(vault))
        plan = installer.set(SELECT_AUTOMATICALLY, bundle.sha256)
    except StoreError as error:
        return finding_of_error(error, subject="policy")
    return CERTIFICATE_REASONS.finding("POLICY_FIREFOX_SET", subject="policy", seen={"path": plan["path"]})


def drop_firefox(profile: Path, vault: Vault) -> Finding:
    """Take that back."""
    try:
        installer = PolicyInstaller(FirefoxProfile(profile), journal_folder(vault))
        done = installer.remove("")
    except StoreError as error:
        return finding_of_error(error, subject="policy")
    code = "POLICY_FIREFOX_REMOVED" if done else "POLICY_FIREFOX_NOT_SET"
    return CERTIFICATE_REASONS.finding(code, subject="policy", seen={"path": installer.place.target()})


async def remove_kept(  # noqa: PLR0913 - the options of the command
    *,
    office: str,
    sha256: str | None,
    stores: tuple[str, ...],
    origin: str | None,
    policy_dir: Path | None,
    firefox_profile: Path | None,
    vault_folder: Path | None,
    vault_passphrase_file: Path | None,
    vault_keyring: bool,
) -> list[Finding]:
    """Remove one certificate of the office from the stores, and the choice at an origin."""
    vault = await open_vault(vault_folder, vault_passphrase_file, keyring=vault_keyring)
    chosen = choose(vault, office, sha256)
    findings = await operations.remove(vault, office, chosen.sha256, stores, await plugin_stores(stores))
    if origin is not None:
        findings.append(await asyncio.to_thread(drop_policy, origin, policy_dir, vault))
    if firefox_profile is not None:
        findings.append(await asyncio.to_thread(drop_firefox, firefox_profile, vault))
    return findings
