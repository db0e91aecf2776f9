"""Certificates outside the vault: stores, proofs, removals, the calendar of last days."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.report.model import Report
from kaigo_gateway.web._certificates import expiry_calendar
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web._sites import allowed
from kaigo_gateway.web._stores import known_stores, wanted_stores
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._attachment import attachment
from kaigo_gateway.web.api._certificate_models import CertificatesQuery, Proof, Removal, StoreList
from kaigo_gateway.web.api._operation import Operation, model_body, query_of, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_certs import Vault

    from kaigo_gateway.model.results import Finding

_TAG: Final = N_("Certificates")


async def stores(request: web.Request) -> web.StreamResponse:
    """Every store."""
    items = await known_stores(request.config_dict[GATEWAY], request[LANGUAGE])
    return reply(StoreList(items=tuple(items)))


async def calendar(request: web.Request) -> web.StreamResponse:
    """The last days of kept certificates as an iCalendar file."""
    office = query_of(request, CertificatesQuery).office
    data = await expiry_calendar(request.config_dict[GATEWAY], request[LANGUAGE], office)
    return attachment("certificates.ics", data, "text/calendar")


async def verify(request: web.Request) -> web.StreamResponse:
    """Prove a kept certificate, as ``cert verify`` does."""
    from kaigo_gateway.certificate import operations, proof
    from kaigo_gateway.probe import ProxyChoice

    gateway, options = request.config_dict[GATEWAY], request.config_dict[OPTIONS]
    asked = await model_body(request, Proof)
    if asked.url is None and (asked.browser or asked.remove_old):
        raise problem("NOT_VALID", errors=(Mistake(place="url", why=N_("Field required")),))
    ca_file = _allowed_file(request, asked.ca_file)
    names, extra = await wanted_stores(asked.stores, gateway, options)
    vault = await gateway.vault.open()
    identity = await asyncio.to_thread(vault.identity, asked.office_number)
    if identity is None:
        raise problem("NOT_FOUND", detail=asked.office_number)
    findings = await operations.held_by(vault, asked.office_number, identity.sha256, names, extra)
    if asked.url is not None:
        findings.append(await proof.by_probe(asked.url, identity, ca_file, ProxyChoice(asked.proxy)))
    if asked.url is not None and asked.browser:
        visits = proof.visits("auto", asked.stores)
        findings += await proof.by_browsers(asked.url, visits, marker=asked.marker, screenshot=None)
    if asked.remove_old and all(finding.status in {"ok", "warn"} for finding in findings):
        findings += await operations.retire(vault, identity, names, extra)
    return _report(findings, "cert.verify")


def _allowed_file(request: web.Request, name: str | None) -> Path | None:
    """An uploaded file, or one of an allowed folder. Raises problem 422."""
    options = request.config_dict[OPTIONS]
    if name is None:
        return None
    if not allowed(Path(name), options):
        why = N_("outside the uploads and the allowed folders")
        raise problem("PATH_NOT_ALLOWED", errors=(Mistake(place="ca_file", why=why),))
    return options.uploads / name


async def remove(request: web.Request) -> web.StreamResponse:
    """Remove a certificate from stores, as ``cert remove`` does."""
    from kaigo_gateway.certificate import operations
    from kaigo_gateway.certificate._choice import choose
    from kaigo_gateway.certificate._installation import drop_policy

    gateway, options = request.config_dict[GATEWAY], request.config_dict[OPTIONS]
    asked = await model_body(request, Removal)
    names, extra = await wanted_stores(asked.stores, gateway, options)
    vault: Vault = await gateway.vault.open()
    chosen = await asyncio.to_thread(choose, vault, asked.office_number, asked.sha256)
    findings = await operations.remove(vault, asked.office_number, chosen.sha256, names, extra)
    if asked.origin is not None:
        findings.append(await asyncio.to_thread(drop_policy, asked.origin, None, vault))
    return _report(findings, "cert.remove")


def _report(findings: Sequence[Finding], check_id: str) -> web.Response:
    from kaigo_gateway.certificate._listing import report_on

    return web.json_response(report_on(findings, check_id).document())


OPERATIONS: Final = (
    Operation(
        "GET", "/certificate-stores", stores,
        N_("The stores into which a certificate can be installed"), _TAG,
        StoreList,
    ),
    Operation(
        "GET", "/certificates.ics", calendar,
        N_("The last days of kept certificates as a calendar file"), _TAG,
        "text/calendar", query=CertificatesQuery,
    ),
    Operation(
        "POST", "/certificates/proofs", verify,
        N_("Prove that a kept certificate is installed, and accepted at an address"), _TAG, Report,
        role=Role.SUPPORTER, body=Proof, durable=True, problems=("PATH_NOT_ALLOWED", "NOT_FOUND"),
    ),
    Operation(
        "POST", "/certificates/removals", remove,
        N_("Remove a certificate and its key from the named stores for good"), _TAG, Report,
        role=Role.ADMINISTRATOR, body=Removal, durable=True, problems=("PATH_NOT_ALLOWED",),
    ),
)  # fmt: skip
