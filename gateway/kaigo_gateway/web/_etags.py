"""ETags: what has not changed is not sent again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import LooseHeaders


def etag_of(data: bytes) -> str:
    """A strong tag for these bytes."""
    return hashlib.sha256(data).hexdigest()[:32]


def unchanged(request: web.Request, tag: str) -> bool:
    """Whether the caller has this version already."""
    known = request.if_none_match or ()
    return any(each.value in {tag, "*"} for each in known)


def tagged(request: web.Request, response: web.Response, *, of: bytes | None = None) -> web.Response:
    """The answer with its ETag, or 304 without a body. ``of`` is what the tag is made from."""
    body = response.body
    return with_tag(
        request, response, etag_of(of if of is not None else body if isinstance(body, bytes) else b"")
    )


def with_tag(request: web.Request, response: web.Response, tag: str) -> web.Response:
    """The answer with an ETag that is known already, or 304 without a body."""
    headers: LooseHeaders = {"Cache-Control": "no-cache, private", "Vary": "Accept-Language, Cookie"}
    if unchanged(request, tag):
        response = web.Response(status=304, headers=headers)
    else:
        response.headers.update(headers)
    response.etag = tag
    return response
