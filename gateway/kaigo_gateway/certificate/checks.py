"""The checks of stage ``certificate``: read, judge, install, ready."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs import CertificateError, judge, revocation_addresses

from kaigo_gateway.certificate._source import Source, read_kinds
from kaigo_gateway.certificate.reasons import (
    CERTIFICATE_REASONS,
    finding_of,
    finding_of_error,
    findings_of,
)
from kaigo_gateway.certificate.revocation import revocation_finding
from kaigo_gateway.certificate.stores import install_into
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Check, CheckContext
from kaigo_gateway.model.results import Finding, Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from kaigo_certs import Bundle, StoredIdentity, Vault

    from kaigo_gateway.model.descriptors import CertificateStore, CheckRun
    from kaigo_gateway.model.site import Site

EVIDENCE: Final = (
    "sha256", "office_number", "not_before", "not_after", "days_left", "issuer", "kind", "stores",
    "password_variant",
)  # fmt: skip


def certificate_checks(
    site: Site,
    open_vault: Callable[[], Awaitable[Vault]],
    stores: Mapping[str, CertificateStore] | None = None,
) -> list[Check]:
    """The four checks for ``site``; ``open_vault`` opens the vault when it is first needed.

    ``stores`` are those that plugins bring, by name.
    """
    room = _Room(Source(site, open_vault), stores or {})
    return [
        _check("certificate.read", N_("Read the client certificate"), room.read, 10),
        _check("certificate.judge", N_("Judge the client certificate"), room.judge, 20, "certificate.read"),
        _check(
            "certificate.install", N_("Install the client certificate"), room.install, 30, "certificate.judge"
        ),
        _check(
            "certificate.ready", N_("Open the installed certificate"), room.ready, 40, "certificate.install"
        ),
    ]


def _check(name: str, title: str, run: CheckRun, order: int, *needs: str) -> Check:
    return Check(name, Stage.CERTIFICATE, title, run, needs, order, time_limit=120.0, evidence=EVIDENCE)


class _Room:
    """The four checks over one source; any typed trouble becomes a finding with its reason."""

    def __init__(self, source: Source, stores: Mapping[str, CertificateStore]) -> None:
        self._source, self._stores = source, stores

    async def read(self, context: CheckContext) -> list[Finding]:
        """``certificate.read``: what kind of file, which password fitted, what is inside."""
        try:
            bundle = await self._source.bundle()
        except CertificateError as error:
            return [finding_of_error(error)]
        evidence = bundle_evidence(bundle, context)
        return [finding_of(note, evidence if index == 0 else None) for index, note in enumerate(bundle.notes)]

    async def judge(self, context: CheckContext) -> list[Finding]:
        """``certificate.judge``: dates, purposes, chain, office, kind, dry run."""
        try:
            bundle = await self._source.bundle()
            issuer_pem = await self._source.issuer_pem()
            patterns = read_kinds(context.site)
            found = await asyncio.to_thread(
                judge,
                bundle,
                office_number=context.site.office.number,
                issuer_pem=issuer_pem,
                today=context.today,
                patterns=patterns,
            )
            whole = bundle.completed(issuer_pem)
        except CertificateError as error:
            return [finding_of_error(error)]
        return [*findings_of(found), *await self._revocation(whole, context)]

    async def _revocation(self, bundle: Bundle, context: CheckContext) -> list[Finding]:
        """Nothing is said where the certificate names no address: nobody could act on it."""
        from kaigo_gateway.probe.endpoint import choice_of

        choice = choice_of(context.site)
        if not revocation_addresses(bundle.leaf):
            return []
        return [await revocation_finding(bundle, choice, context.site.network.connect_timeout)]

    async def install(self, context: CheckContext) -> list[Finding]:
        """``certificate.install``: into every store of the site; the same certificate is installed once."""
        try:
            bundle = (await self._source.bundle()).completed(await self._source.issuer_pem())
            vault = await self._source.open_vault()
            stored = await asyncio.to_thread(vault.put, bundle, context.site.office.number)
            identity = await asyncio.to_thread(vault.identity, stored.office_number, stored.sha256)
        except CertificateError as error:
            return [finding_of_error(error)]
        self._source.forget()
        code = "CERT_KEPT" if stored.new else "CERT_ALREADY_KEPT"
        evidence = {**identity_evidence(stored, context), "stores": ["vault"]}
        seen = {"office_number": stored.office_number}
        kept = CERTIFICATE_REASONS.finding(code, seen=seen, evidence=evidence)
        assert identity is not None
        return [kept, *await install_into(context.site.certificate.stores, identity, vault, self._stores)]

    async def ready(self, context: CheckContext) -> Finding:
        """``certificate.ready``: it opens from the vault and OpenSSL takes it."""
        try:
            identity = await context.identity()
            if identity is None:
                seen = {"office_number": context.site.office.number}
                return CERTIFICATE_REASONS.finding("CERT_NOT_IN_VAULT", seen=seen)
            await asyncio.to_thread(identity.load_into, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        except CertificateError as error:
            return finding_of_error(error)
        return CERTIFICATE_REASONS.finding("CERT_READY", evidence=identity_evidence(identity, context))


def bundle_evidence(bundle: Bundle, context: CheckContext) -> dict[str, Any]:
    """What of a certificate may enter the record: no password, no key, no person's name."""
    return {
        "sha256": bundle.sha256,
        "not_before": bundle.pair.not_before.isoformat(),
        "not_after": bundle.pair.not_after.isoformat(),
        "days_left": bundle.days_left(context.today),
        "issuer": bundle.issuer,
        "password_variant": bundle.password_variant,
    }


def identity_evidence(stored: StoredIdentity, context: CheckContext) -> dict[str, Any]:
    """The same of a kept identity."""
    return {
        "sha256": stored.sha256,
        "office_number": stored.office_number,
        "not_before": stored.not_before.isoformat(),
        "not_after": stored.not_after.isoformat(),
        "days_left": stored.days_left(context.today),
        "issuer": stored.issuer,
    }
