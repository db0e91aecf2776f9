"""Client certificates: judge, keep, list, remove."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.web._certificates import judged, kept, remove
from kaigo_gateway.web._etags import tagged
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._certificate_models import CertificatesQuery
from kaigo_gateway.web.api._operation import Operation, Part, query_of, reply
from kaigo_gateway.web.api.models import CertificateList, JudgedCertificate

_TAG: Final = N_("Certificates")


async def index(request: web.Request) -> web.StreamResponse:
    """All kept certificates."""
    query = query_of(request, CertificatesQuery)
    items = await kept(request.config_dict[GATEWAY], query.office)
    return tagged(request, reply(CertificateList(items=tuple(items))))


async def _judge(request: web.Request, *, install: bool) -> JudgedCertificate:
    async with receive(request) as form:
        return await judged(
            request.config_dict[GATEWAY],
            form,
            request[LANGUAGE],
            install=install,
            options=request.config_dict[OPTIONS],
        )


async def inspect(request: web.Request) -> web.StreamResponse:
    """Judge a file; nothing is kept."""
    return reply(await _judge(request, install=False))


async def install(request: web.Request) -> web.StreamResponse:
    """Judge a file and keep it where nothing fails (201); otherwise say why not (200)."""
    answer = await _judge(request, install=True)
    return reply(answer, status=201 if answer.installed else 200)


async def delete(request: web.Request) -> web.StreamResponse:
    """Remove a kept certificate and its key."""
    found = request.match_info
    if not await remove(request.config_dict[GATEWAY], found["office"], found["sha256"]):
        raise problem("NOT_FOUND")
    return web.Response(status=204)


_FILES: Final = (
    Part("file", file=True, required=True),
    Part("password"),
    Part("key", file=True, says=N_("PEM private key, where the certificate is PEM")),
    Part("issuer", file=True, says=N_("PEM of the issuer that the service accepts")),
    Part("fetch_issuer", says=N_("true: fetch a missing issuer from where the file says")),
)
_TO_JUDGE: Final = (
    *_FILES,
    Part("office_number"),
    Part("kinds", file=True, says=N_("YAML with the confirmed names of certificate kinds")),
    Part("revocation", says=N_("true: ask OCSP and CRL over the network too")),
    Part("proxy", says=N_('for the questions of revocation: a URL, "system" or "none"')),
)
_TO_KEEP: Final = (
    *_FILES,
    Part("office_number", required=True),
    Part("stores", says=N_("names of further stores, separated by commas")),
    Part("origin", says=N_("let the browser choose the certificate by itself at this site")),
)
OPERATIONS: Final = (
    Operation(
        "GET", "/certificates", index, N_("The certificates in the vault"), _TAG, CertificateList,
        query=CertificatesQuery, headers=("ETag",),
    ),
    Operation(
        "POST", "/certificates/inspections", inspect, N_("Judge a certificate file; nothing is kept"), _TAG,
        JudgedCertificate, role=Role.SUPPORTER, parts=_TO_JUDGE,
    ),
    Operation(
        "POST", "/certificates", install,
        N_("Judge a certificate file, keep it in the vault and install it into stores"), _TAG,
        JudgedCertificate, role=Role.SUPPORTER, status=201, also=(200,), parts=_TO_KEEP,
        problems=("PATH_NOT_ALLOWED",),
    ),
    Operation(
        "DELETE", "/certificates/{office}/{sha256}", delete,

        N_("Remove a certificate and its key from the vault for good"), _TAG, "text/plain",
        role=Role.ADMINISTRATOR, status=204,
    ),
)  # fmt: skip
