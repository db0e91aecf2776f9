"""Certificates for the page and the REST API: judge a dropped file, keep it, list and remove kept ones.

What handles certificates is imported when one comes: an idle service does without.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.results import Finding, Status, overall
from kaigo_gateway.report.model import Remedy
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web._stores import browser_stores, stores_of_plugins, wanted_stores
from kaigo_gateway.web.api.models import CertificateInfo, JudgedCertificate, JudgedFinding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kaigo_certs import Bundle, StoredIdentity

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.descriptors import CertificateStore
    from kaigo_gateway.web._options import WebOptions
    from kaigo_gateway.web._uploads import Form

_LAST_DAY: Final = N_("Certificate of office {office_number} ends")
_OFFICE: Final = re.compile(r"[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}")


def office_of(form: Form) -> str:
    """The office number of a form. Raises problem 422."""
    number = form.fields.get("office_number", "").strip()
    if not _OFFICE.fullmatch(number):
        why = N_("Ten characters: two digits, a digit or letter, seven digits.")
        raise problem("NOT_VALID", errors=(Mistake(place="office_number", why=why),))
    return number


def offices_or_none(form: Form) -> str | None:
    """The office number of a form that may leave it out (judging alone)."""
    return office_of(form) if form.fields.get("office_number", "").strip() else None


async def judged(
    gateway: Gateway, form: Form, language: str, *, install: bool, options: WebOptions | None = None
) -> JudgedCertificate:
    """Judge the file of a form and, if wanted and nothing fails, put it into the vault and the named stores.

    Without ``options`` the vault is the only store. The password is forgotten with the form; it is never
    kept, logged or shown.
    """
    from kaigo_certs import CertificateError

    from kaigo_gateway.certificate.reasons import finding_of_error

    office = office_of(form) if install else offices_or_none(form)
    names: Sequence[str] = ("vault",)
    extra: Mapping[str, CertificateStore] = {}
    if options is not None:
        names, extra = await wanted_stores(_names(form), gateway, options)
    try:
        bundle, findings = await _look(gateway, form, office)
    except CertificateError as error:
        return _answer([finding_of_error(error)], None, language)
    info = _of_bundle(bundle, office or "")
    if not install or overall([each.status for each in findings]) not in {Status.OK, Status.WARN}:
        return _answer(findings, info, language)
    assert office is not None
    findings += await _keep(gateway, bundle, office, names, extra)
    origin = form.fields.get("origin", "").strip()
    if origin:
        from kaigo_gateway.certificate._installation import set_policy

        findings.append(await asyncio.to_thread(set_policy, origin, bundle, None, await gateway.vault.open()))
    return _answer(findings, info, language, installed=True)


def _names(form: Form) -> list[str]:
    """The stores of a form, separated by commas; the vault alone without any."""
    given = [name.strip() for name in form.fields.get("stores", "").split(",")]
    return [name for name in given if name] or ["vault"]


async def _look(gateway: Gateway, form: Form, office: str | None) -> tuple[Bundle, list[Finding]]:
    """Read the file and judge it with everything that the form asks for. Raises ``CertificateError``."""
    from kaigo_certs import choose_for, fetch_issuers, judge

    from kaigo_gateway.certificate._inspection import read_kinds
    from kaigo_gateway.certificate.reasons import finding_of
    from kaigo_gateway.certificate.revocation import revocation_finding
    from kaigo_gateway.probe import ProxyChoice

    upload, password = form.one("file"), form.fields.get("password") or None
    if password:
        gateway.redactor.learn(password)
    issuer = await _bytes_of(form, "issuer")
    bundle = choose_for(await _bundle(upload.path, password, await _bytes_of(form, "key")), office)
    fetched: list[Finding] = []
    if _wished(form, "fetch_issuer"):
        bundle, found = await fetch_issuers(bundle)
        fetched = [finding_of(found)] if found else []
    kinds = [each.path for each in form.files if each.field == "kinds"]
    patterns = await asyncio.to_thread(read_kinds, kinds[0] if kinds else None)
    judged = await asyncio.to_thread(
        judge, bundle, office_number=office, issuer_pem=issuer, patterns=patterns
    )
    bundle = bundle.completed(issuer)
    findings = [*fetched, *(finding_of(each) for each in (*bundle.notes, *judged))]
    if _wished(form, "revocation"):
        choice = ProxyChoice(form.fields.get("proxy") or "system")
        findings.append(await revocation_finding(bundle, choice))
    return bundle, findings


def _wished(form: Form, name: str) -> bool:
    return form.fields.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


async def _bytes_of(form: Form, field: str) -> bytes | None:
    found = [each for each in form.files if each.field == field]
    return await asyncio.to_thread(found[0].path.read_bytes) if found else None


async def _keep(
    gateway: Gateway,
    bundle: Bundle,
    office: str,
    names: Sequence[str],
    extra: Mapping[str, CertificateStore],
) -> list[Finding]:
    """Put the certificate into the vault, then into the other stores."""
    from kaigo_gateway.certificate.reasons import CERTIFICATE_REASONS
    from kaigo_gateway.certificate.stores import install_into

    vault = await gateway.vault.open()
    stored = await asyncio.to_thread(vault.put, bundle, office)
    code = "CERT_KEPT" if stored.new else "CERT_ALREADY_KEPT"
    findings = [CERTIFICATE_REASONS.finding(code, seen={"office_number": office})]
    identity = await asyncio.to_thread(vault.identity, office, stored.sha256)
    assert identity is not None
    return [*findings, *await install_into(names, identity, vault, extra)]


async def _bundle(path: Path, password: str | None, key: bytes | None) -> Bundle:
    from kaigo_certs import read_identity_async

    data = await asyncio.to_thread(path.read_bytes)
    return await read_identity_async(data, password, key_data=key)


def _answer(
    findings: Iterable[Finding], info: CertificateInfo | None, language: str, *, installed: bool = False
) -> JudgedCertificate:
    found = list(findings)
    return JudgedCertificate(
        overall=overall([each.status for each in found]),
        installed=installed,
        certificate=info,
        findings=tuple(_shown(each, language) for each in found),
    )


def _shown(finding: Finding, language: str) -> JudgedFinding:
    from kaigo_gateway.certificate.reasons import CERTIFICATE_REASONS

    code, seen = finding.reason_code, finding.seen
    quiet = finding.status is Status.OK
    steps = () if quiet else tuple(CERTIFICATE_REASONS.steps(code, seen, language))
    return JudgedFinding(
        status=finding.status,
        reason_code=code,
        message=CERTIFICATE_REASONS.message(code, seen, language),
        remedy=Remedy(steps=steps, actor=None if quiet else finding.actor),
    )


def _of_bundle(bundle: Bundle, office: str) -> CertificateInfo:
    from kaigo_certs._names import shown

    return CertificateInfo(
        office_number=office,
        sha256=bundle.sha256,
        subject=shown(bundle.leaf.subject),
        issuer=bundle.issuer,
        not_before=bundle.pair.not_before.isoformat(),
        not_after=bundle.pair.not_after.isoformat(),
        days_left=bundle.days_left(),
    )


def _of_kept(kept: StoredIdentity) -> CertificateInfo:
    return CertificateInfo(
        office_number=kept.office_number,
        sha256=kept.sha256,
        subject=kept.subject,
        issuer=kept.issuer,
        not_before=kept.not_before.isoformat(),
        not_after=kept.not_after.isoformat(),
        days_left=kept.days_left(),
    )


async def kept(gateway: Gateway, office: str | None = None) -> list[CertificateInfo]:
    """What the vault keeps; nothing where no vault has been made yet. Raises where it cannot be opened."""
    from kaigo_certs import Vault

    if not Vault.exists(gateway.settings.vault.folder):
        return []
    vault = await gateway.vault.open()
    return [_of_kept(each) for each in await asyncio.to_thread(vault.identities, office)]


async def install(
    gateway: Gateway, office: str, sha256: str, store: str, language: str
) -> tuple[JudgedFinding, ...]:
    """Put a kept certificate into a store of this user; nothing for one that is not kept."""
    from kaigo_gateway.certificate.stores import install_into

    offered = {each.name for each in await browser_stores(gateway, language)}
    if not _OFFICE.fullmatch(office) or not re.fullmatch(r"[0-9a-f]{64}", sha256) or store not in offered:
        return ()
    vault = await gateway.vault.open()
    identity = await asyncio.to_thread(vault.identity, office, sha256)
    if identity is None:
        return ()
    extra = await stores_of_plugins(gateway)
    return tuple(_shown(each, language) for each in await install_into([store], identity, vault, extra))


async def expiry_calendar(gateway: Gateway, language: str, office: str | None = None) -> bytes:
    """The last days of what the vault keeps (for one office), as iCalendar."""
    from kaigo_certs import Vault

    from kaigo_gateway.certificate import operations

    identities: list[StoredIdentity] = []
    if Vault.exists(gateway.settings.vault.folder):
        vault = await gateway.vault.open()
        identities = await asyncio.to_thread(vault.identities, office)
    return operations.expiry_calendar(identities, translate(_LAST_DAY, language=language))


async def remove(gateway: Gateway, office: str, sha256: str) -> bool:
    """Remove a kept certificate and its key for good; False when it was not there."""
    if not _OFFICE.fullmatch(office) or not re.fullmatch(r"[0-9a-f]{64}", sha256):
        return False
    vault = await gateway.vault.open()
    return await asyncio.to_thread(vault.remove, office, sha256)
