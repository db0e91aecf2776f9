"""One HTTP/1.1 exchange over a channel; the standard library parses."""

from __future__ import annotations

import http.client
import io
from typing import TYPE_CHECKING, Final, cast

from kaigo_gateway._version import __version__
from kaigo_gateway.probe._result import HttpAnswer
from kaigo_gateway.probe._target import Request

if TYPE_CHECKING:
    import socket

    from kaigo_gateway.probe._target import Target
    from kaigo_gateway.probe._tls import TlsChannel

_HEAD_LIMIT: Final = 65_536
_END: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"


class NoAnswer(Exception):
    """The peer closed without a byte."""


class NotHttp(Exception):
    """The peer said something that is no HTTP answer."""


class _Bytes:
    """Bytes that look like a socket to ``http.client``."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_args: object) -> io.BytesIO:
        return io.BytesIO(self._data)


def request_bytes(target: Target, request: Request) -> bytes:
    """The request as it goes over the wire."""
    headers = {
        "Host": target.authority if target.port != 443 else target.authority.rpartition(":")[0],  # noqa: PLR2004
        "User-Agent": f"kaigo-gateway/{__version__}",
        "Accept": "*/*",
        "Connection": "close",
        **request.headers,
    }
    if request.body or request.method not in {"GET", "HEAD"}:
        headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {target.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode("ascii") + _END + request.body


async def exchange(channel: TlsChannel, target: Target, request: Request) -> HttpAnswer:
    """Send the request and read the answer; raises :class:`NoAnswer` or :class:`NotHttp`."""
    await channel.write(request_bytes(target, request))
    data = await _head(channel)
    parsed = _parse(data, request)
    room = request.body_limit if parsed.length is None else min(request.body_limit, parsed.length)
    wanted = data.index(_END) + len(_END) + room
    while len(data) < wanted and not (parsed.chunked and data.endswith(_LAST_CHUNK)):
        more = await channel.read()
        if not more:
            break
        data += more
    return HttpAnswer(parsed.status, _headers(parsed), _body(data, parsed, request))


async def _head(channel: TlsChannel) -> bytes:
    data = b""
    while _END not in data:
        more = await channel.read()
        if not more or len(data) > _HEAD_LIMIT:
            break
        data += more
    if not data:
        raise NoAnswer
    if _END not in data:
        raise NotHttp
    return data


def _parse(data: bytes, request: Request) -> http.client.HTTPResponse:
    parsed = http.client.HTTPResponse(cast("socket.socket", _Bytes(data)), method=request.method)
    try:
        parsed.begin()
    except (http.client.HTTPException, ValueError):
        raise NotHttp from None
    return parsed


def parse_head(data: bytes) -> HttpAnswer:
    """An answer without its body; raises :class:`NotHttp`."""
    parsed = _parse(data, Request())
    return HttpAnswer(parsed.status, _headers(parsed))


def _headers(parsed: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in parsed.getheaders()}


def _body(data: bytes, parsed: http.client.HTTPResponse, request: Request) -> bytes:
    if not parsed.chunked:
        begin = data.index(_END) + len(_END)
        return data[begin : begin + request.body_limit]
    try:
        return _parse(data, request).read(request.body_limit)
    except http.client.IncompleteRead as cut:
        return cut.partial
