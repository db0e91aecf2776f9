"""Stores by name: the vault, those of ``kaigo_certs``, and those that plugins bring."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kaigo_certs import (
    STORE_NAMES,
    CertificateError,
    Installer,
    StoreError,
    legacy_trap,
    open_store,
    recover_all,
    snap_trap,
)

from kaigo_gateway.certificate.reasons import CERTIFICATE_REASONS, finding_of_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kaigo_certs import Backend, Identity, Vault

    from kaigo_gateway.model.descriptors import CertificateStore
    from kaigo_gateway.model.results import Finding


def installer_for(name: str, vault: Vault, extra: Mapping[str, CertificateStore] | None = None) -> Installer:
    """The installer of a store; its journal lies beside the vault. Raises :class:`kaigo_certs.StoreError`.

    ``extra`` are stores of plugins by name; their ``open`` gives a :class:`kaigo_certs.Backend`.
    """
    backend = _plugin_backend(extra[name]) if extra and name in extra else open_store(name)
    return Installer(backend, journal_folder(vault))


def journal_folder(vault: Vault) -> Path:
    """Where changes of stores are announced before they are made."""
    return vault.folder / "journal"


def _plugin_backend(store: CertificateStore) -> Backend:
    reason = store.available()
    if reason is not None:
        raise StoreError("STORE_REFUSED", store=store.name, why=reason)
    backend: Backend = store.open()
    return backend


async def put_right(vault: Vault) -> list[Finding]:
    """What an earlier crash left half done, put right now: a notice for each store, or why it cannot be."""
    try:
        found = await asyncio.to_thread(recover_all, journal_folder(vault))
    except CertificateError as error:
        return [finding_of_error(error)]
    return [
        finding_of_error(each.error, subject=each.store)
        if each.error
        else CERTIFICATE_REASONS.finding("STORE_RECOVERED", seen={"store": each.store, "count": each.count})
        for each in found
    ]


def unavailable(
    names: Iterable[str], vault: Vault, extra: Mapping[str, CertificateStore] | None = None
) -> list[Finding]:
    """Why stores among ``names`` cannot be used at all, said before anything is written."""
    findings: list[Finding] = []
    for name in dict.fromkeys(names):
        try:
            if name != "vault":
                installer_for(name, vault, extra).backend.prepare()
        except CertificateError as error:
            findings.append(finding_of_error(error, subject=name))
    return findings


async def install_into(
    names: Iterable[str],
    identity: Identity,
    vault: Vault,
    extra: Mapping[str, CertificateStore] | None = None,
) -> list[Finding]:
    """Install a kept identity into the named stores, one finding or more each; the vault has it.

    What an earlier crash left half done anywhere is put right first.
    """
    findings = await put_right(vault)
    for name in dict.fromkeys(names):
        if name != "vault":
            findings += await asyncio.to_thread(_install, name, identity, vault, extra)
    return findings


def _install(
    name: str, identity: Identity, vault: Vault, extra: Mapping[str, CertificateStore] | None
) -> list[Finding]:
    try:
        installer = installer_for(name, vault, extra)
        outcome = installer.install(identity)
        older = _older(installer, identity, vault)
    except CertificateError as error:
        return [finding_of_error(error, subject=name)]
    seen = {"store": outcome.store}
    code = "STORE_INSTALLED" if outcome.new else "STORE_ALREADY_INSTALLED"
    evidence = {"sha256": identity.sha256, "office_number": identity.office_number, "stores": [outcome.store]}
    findings = [CERTIFICATE_REASONS.finding(code, subject=name, seen=seen, evidence=evidence)]
    if outcome.recovered:
        recovered = {**seen, "count": outcome.recovered}
        findings.append(CERTIFICATE_REASONS.finding("STORE_RECOVERED", subject=name, seen=recovered))
    return [*findings, *_hints(name, installer, older, new=outcome.new)]


def _hints(name: str, installer: Installer, older: list[str], *, new: bool) -> list[Finding]:
    """What the supporter has to know beside the success."""
    book, hints = CERTIFICATE_REASONS, []
    folder = getattr(installer.backend, "folder", None)
    used = legacy_trap(folder) if folder is not None else None
    if used is not None:
        seen = {"store": installer.backend.name, "used": f"nss:{used}"}
        hints.append(book.finding("STORE_LEGACY_PATH", subject=name, seen=seen))
    snap = snap_trap(folder) if folder is not None else None
    if snap is not None:
        seen = {"store": installer.backend.name, "used": f"nss:{snap}"}
        hints.append(book.finding("STORE_SNAP_PATH", subject=name, seen=seen))
    if new and name.partition(":")[0] in STORE_NAMES:
        hints.append(book.finding("STORE_BROWSER_RESTART", subject=name))
    hints += [book.finding("STORE_OLD_KEPT", subject=name, seen={"sha256": sha256}) for sha256 in older]
    return hints


def _older(installer: Installer, identity: Identity, vault: Vault) -> list[str]:
    """Older generations of the same office that lie in the same store."""
    present = set(installer.backend.installed())
    kept = vault.identities(identity.office_number)
    return [i.sha256 for i in kept if i.sha256 in present and i.rank < identity.rank]


def remove_older(
    name: str, identity: Identity, vault: Vault, extra: Mapping[str, CertificateStore] | None = None
) -> list[str]:
    """Remove the older generations of the office from a store; to be called after the new one is proved."""
    installer = installer_for(name, vault, extra)
    installer.backend.prepare()
    older = _older(installer, identity, vault)
    return [sha256 for sha256 in older if installer.remove(sha256)]
