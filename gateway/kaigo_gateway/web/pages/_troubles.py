"""A trouble as a page: what it is, its code, and a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.web._keys import LANGUAGE
from kaigo_gateway.web.pages._render import page, url

if TYPE_CHECKING:
    from aiohttp import web

    from kaigo_gateway.web._problems import Problem


def trouble_page(request: web.Request, trouble: Problem) -> web.Response:
    """The answer for a person's browser."""
    details = trouble.details(request.get(LANGUAGE, "en"))
    setup_id = request.match_info.get("id")
    known = setup_id is not None and trouble.code != "SETUP_UNKNOWN"
    back = url(request, "setup", id=setup_id) if setup_id is not None and known else ""
    response = page(request, "trouble.html", status=trouble.status, trouble=details, back=back)
    response.headers.update(trouble.headers)
    return response
