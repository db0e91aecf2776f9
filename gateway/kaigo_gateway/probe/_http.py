"""One HTTP/1.1 exchange over a channel; the standard library parses."""

from __future__ import annotations

import http.client
import io
import re
import zlib
from typing import TYPE_CHECKING, Final, cast

from kaigo_gateway._version import __version__
from kaigo_gateway.probe._result import HttpAnswer
from kaigo_gateway.probe._target import Request

if TYPE_CHECKING:
    import socket

    from kaigo_gateway.probe._target import Target
    from kaigo_gateway.probe._tls import TlsChannel

_HEAD_LIMIT: Final = 65_536
_END: Final = re.compile(rb"\r?\n\r?\n")
"""The empty line behind the head; a lone LF is accepted (RFC 9112, 2.2)."""
_INTERIM: Final = re.compile(rb"HTTP/1\.\d 1(?!01)\d\d\b")
"""100 Continue, 103 Early Hints: the answer itself is still to come (RFC 9110, 15.2). 101 is an answer."""
_PACKED: Final = {"gzip", "x-gzip", "deflate"}
_ANY_WRAPPING: Final = 32 + zlib.MAX_WBITS
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
        "Accept-Encoding": "identity",
        "Connection": "close",
        **request.headers,
    }
    if request.body or request.method not in {"GET", "HEAD"}:
        headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {target.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + request.body


async def exchange(channel: TlsChannel, target: Target, request: Request) -> HttpAnswer:
    """Send the request and read the answer; raises :class:`NoAnswer` or :class:`NotHttp`."""
    await channel.write(request_bytes(target, request))
    data = await _head(channel)
    parsed = _parse(data, request)
    room = request.body_limit if parsed.length is None else min(request.body_limit, parsed.length)
    wanted = _begin_of_body(data) + room
    while len(data) < wanted and not (parsed.chunked and data.endswith(_LAST_CHUNK)):
        more = await channel.read()
        if not more:
            break
        data += more
    body = _unpacked(_body(data, parsed, request), parsed, request.body_limit)
    return HttpAnswer(parsed.status, _headers(parsed), body)


async def _head(channel: TlsChannel) -> bytes:
    """The head of the answer, and what came along with it; interim answers before it are left out."""
    data = b""
    while True:
        end = _END.search(data)
        if end and not _INTERIM.match(data):
            return data
        if end:
            data = data[end.end() :]
            continue
        more = await channel.read()
        if not more or len(data) > _HEAD_LIMIT:
            raise NotHttp if data else NoAnswer
        data += more


def _begin_of_body(data: bytes) -> int:
    end = _END.search(data)
    assert end  # a head without its end is no answer
    return end.end()


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
        begin = _begin_of_body(data)
        return data[begin : begin + request.body_limit]
    try:
        return _parse(data, request).read(request.body_limit)
    except http.client.IncompleteRead as cut:
        return cut.partial


def _unpacked(body: bytes, parsed: http.client.HTTPResponse, limit: int) -> bytes:
    """The body as text; some servers compress it although nobody asked. At most ``limit`` bytes come out."""
    if (parsed.getheader("Content-Encoding") or "").strip().lower() not in _PACKED:
        return body
    try:
        return zlib.decompressobj(_ANY_WRAPPING).decompress(body, limit)
    except zlib.error:
        return body
