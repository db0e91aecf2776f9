"""Reading forms within size and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from kaigo_gateway.web._problems import problem
from kaigo_gateway.web.api._operation import read_body

if TYPE_CHECKING:
    from aiohttp import web

_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 2000


async def form_of(request: web.Request) -> dict[str, str]:
    """A simple form; of a field that is sent twice the last one counts. Raises problems 400, 413, 415."""
    return dict(await pairs_of(request))


async def pairs_of(request: web.Request) -> list[tuple[str, str]]:
    """All fields of a simple form, in order."""
    if request.content_type != _FORM:
        raise problem("MEDIA_TYPE", Accept=_FORM)
    body = await read_body(request)
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise problem("BAD_REQUEST") from None
