"""Client certificates: judge, keep, list, remove."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from kaigo_gateway.web._certificates import judged, kept, remove
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE
from kaigo_gateway.web._problems import problem
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._operation import Operation, Part, reply
from kaigo_gateway.web.api.models import CertificateList, JudgedCertificate

_TAG: Final = "Certificates"


async def index(request: web.Request) -> web.StreamResponse:
    """All kept certificates."""
    return reply(CertificateList(items=tuple(await kept(request.config_dict[GATEWAY]))))


async def _judge(request: web.Request, *, install: bool) -> JudgedCertificate:
    async with receive(request) as form:
        return await judged(request.config_dict[GATEWAY], form, request[LANGUAGE], install=install)


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


_PARTS: Final = (
    Part("file", file=True, required=True),
    Part("office_number", required=True),
    Part("password"),
    Part("issuer", file=True),
)
OPERATIONS: Final = (
    Operation("GET", "/certificates", index, "The certificates in the vault", _TAG, CertificateList),
    Operation(
        "POST", "/certificates/inspections", inspect, "Judge a certificate file; nothing is kept", _TAG,
        JudgedCertificate, role=Role.SUPPORTER, parts=_PARTS,
    ),
    Operation(
        "POST", "/certificates", install, "Judge a certificate file and keep it in the vault", _TAG,
        JudgedCertificate, role=Role.SUPPORTER, status=201, also=(200,), parts=_PARTS,
    ),
    Operation(
        "DELETE", "/certificates/{office}/{sha256}", delete, "Remove a certificate and its key for good",
        _TAG, "text/plain", role=Role.ADMINISTRATOR, status=204,
    ),
)  # fmt: skip
