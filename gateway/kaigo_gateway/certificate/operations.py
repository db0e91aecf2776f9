"""What the commands ``cert ...`` do, as findings: the same words for console, JSON and page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from kaigo_certs import (
    CertFinding,
    CertificateError,
    Verdict,
    calendar,
    choose_for,
    current,
    judge,
    notice_of,
    read_identity_async,
)

from kaigo_gateway.certificate.reasons import CERTIFICATE_REASONS, finding_of, finding_of_error, findings_of
from kaigo_gateway.certificate.stores import install_into, installer_for, put_right, remove_older, unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kaigo_certs import Bundle, Identity, KindPattern, StoredIdentity, Vault

    from kaigo_gateway.model.descriptors import CertificateStore
    from kaigo_gateway.model.results import Finding

    Extra = Mapping[str, CertificateStore]


async def read(data: bytes, password: bytes | str | None, key: bytes | None, office: str | None) -> Bundle:
    """The certificate of a file, with the identity of ``office`` chosen. Raises ``CertificateError``."""
    return choose_for(await read_identity_async(data, password, key_data=key), office)


async def inspect(
    bundle: Bundle,
    *,
    office: str | None,
    issuer_pem: bytes | None,
    patterns: Sequence[KindPattern] | None = None,
    today: date | None = None,
) -> list[Finding]:
    """All findings about a bundle, those of its file first."""
    try:
        judged = await asyncio.to_thread(
            judge, bundle, office_number=office, issuer_pem=issuer_pem, patterns=patterns, today=today
        )
    except CertificateError as error:
        return [*findings_of(bundle.notes), finding_of_error(error)]
    evidence = facts(bundle)
    return [finding_of(f, evidence if i == 0 else None) for i, f in enumerate([*bundle.notes, *judged])]


def facts(bundle: Bundle) -> dict[str, Any]:
    """The facts of a certificate that may be shown and recorded."""
    return {
        "sha256": bundle.sha256,
        "not_before": bundle.pair.not_before.isoformat(),
        "not_after": bundle.pair.not_after.isoformat(),
        "days_left": bundle.days_left(),
        "issuer": bundle.issuer,
        "password_variant": bundle.password_variant,
    }


async def install(  # noqa: PLR0913 - what is installed, for whom, where
    vault: Vault,
    bundle: Bundle,
    office: str,
    stores: Sequence[str],
    issuer_pem: bytes | None,
    *,
    extra: Extra | None = None,
) -> list[Finding]:
    """Judge, keep and install. Nothing is written where a judgement fails. ``extra``: stores of plugins."""
    judged = await inspect(bundle, office=office, issuer_pem=issuer_pem)
    troubles = [finding for finding in judged if finding.status == "fail"]
    troubles += await asyncio.to_thread(unavailable, stores, vault, extra)
    if troubles:
        return troubles
    stored = await asyncio.to_thread(vault.put, bundle.completed(issuer_pem), office)
    code = "CERT_KEPT" if stored.new else "CERT_ALREADY_KEPT"
    kept = CERTIFICATE_REASONS.finding(code, seen={"office_number": office}, evidence=listed(stored))
    identity = await asyncio.to_thread(vault.identity, office, stored.sha256)
    assert identity is not None
    warnings = [finding for finding in judged if finding.status == "warn"]
    passed_over = await asyncio.to_thread(_passed_over, vault, stored)
    return [*warnings, kept, *passed_over, *await install_into(stores, identity, vault, extra)]


def _passed_over(vault: Vault, stored: StoredIdentity) -> list[Finding]:
    """A notice where another of the office's certificates stays in use, such as the one this replaces."""
    used = vault.in_use(stored.office_number)
    if used is None or used.sha256 == stored.sha256:
        return []
    seen = {"sha256": used.sha256[:16], "not_after": used.last_day.isoformat()}
    return [CERTIFICATE_REASONS.finding("CERT_NOT_IN_USE", seen=seen)]


def listed(identity: StoredIdentity, today: date | None = None) -> dict[str, Any]:
    """One kept certificate as ``cert list`` shows it."""
    return {
        "office_number": identity.office_number,
        "sha256": identity.sha256,
        "subject": identity.subject,
        "issuer": identity.issuer,
        "not_before": identity.not_before.isoformat(),
        "not_after": identity.not_after.isoformat(),
        "days_left": identity.days_left(today),
        "kept_at": identity.kept_at,
    }


def notices(identities: Sequence[StoredIdentity], today: date) -> list[Finding]:
    """One finding per office: its newest certificate, and whether it is time to renew."""
    if not identities:
        return [finding_of(CertFinding("CERT_NONE", Verdict.OK))]
    return [finding_of(notice_of(identity, today)) for identity in current(identities)]


def expiry_calendar(identities: Sequence[StoredIdentity], title: str) -> bytes:
    """The last days as an iCalendar file; ``title`` contains ``{office_number}``."""
    return calendar(identities, title=title).encode()


async def held_by(
    vault: Vault, office: str, sha256: str, stores: Sequence[str], extra: Extra | None = None
) -> list[Finding]:
    """Whether each store holds the certificate with its key; what a crash left is put right first."""
    recovered = await put_right(vault)
    return recovered + [
        await asyncio.to_thread(_held_by, vault, office, sha256, name, extra) for name in stores
    ]


def _held_by(vault: Vault, office: str, sha256: str, name: str, extra: Extra | None) -> Finding:
    try:
        holds = (
            vault.identity(office, sha256) is not None
            if name == "vault"
            else installer_for(name, vault, extra).verify(sha256)
        )
    except CertificateError as error:
        return finding_of_error(error, subject=name)
    code = "STORE_HOLDS" if holds else "STORE_LACKS"
    return CERTIFICATE_REASONS.finding(code, subject=name, seen={"store": name}, evidence={"sha256": sha256})


async def retire(
    vault: Vault, identity: Identity, stores: Sequence[str], extra: Extra | None = None
) -> list[Finding]:
    """After its proof: remove what is older than ``identity`` from the stores (the vault keeps it)."""
    findings: list[Finding] = []
    for name in stores:
        if name == "vault":
            continue
        try:
            removed = await asyncio.to_thread(remove_older, name, identity, vault, extra)
        except CertificateError as error:
            findings.append(finding_of_error(error, subject=name))
            continue
        seen = {"store": name}
        findings += [
            CERTIFICATE_REASONS.finding("STORE_REMOVED", subject=name, seen=seen, evidence={"sha256": sha256})
            for sha256 in removed
        ]
    return findings


async def remove(
    vault: Vault, office: str, sha256: str, stores: Sequence[str], extra: Extra | None = None
) -> list[Finding]:
    """Remove one certificate from the named stores; from the vault last of all."""
    ordered = sorted(dict.fromkeys(stores), key=lambda name: name == "vault")
    recovered = await put_right(vault)
    return recovered + [
        await asyncio.to_thread(_remove, vault, office, sha256, name, extra) for name in ordered
    ]


def _remove(vault: Vault, office: str, sha256: str, name: str, extra: Extra | None) -> Finding:
    try:
        done = (
            vault.remove(office, sha256)
            if name == "vault"
            else installer_for(name, vault, extra).remove(sha256)
        )
    except CertificateError as error:
        return finding_of_error(error, subject=name)
    code = "STORE_REMOVED" if done else "STORE_NOT_THERE"
    return CERTIFICATE_REASONS.finding(code, subject=name, seen={"store": name}, evidence={"sha256": sha256})
