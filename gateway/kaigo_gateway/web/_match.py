"""If-Match on requests that change a Setup: it is done only to the version that the caller has seen.

The tag is the one of ``GET /setups/{id}`` in any language. Changes of one Setup that carry If-Match are done
one after the other in this service, so of two with the same tag the second is refused. Without the header a
change is made to whatever there is.
"""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from kaigo_gateway.i18n import LANGUAGES
from kaigo_gateway.web._document import setup_document
from kaigo_gateway.web._problems import problem

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.typedefs import Handler

_changing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def if_match(handler: Handler) -> Handler:
    """Make a handler of ``/setups/{id}/…`` honour If-Match. Raises problem 412."""

    @wraps(handler)
    async def matched(request: web.Request) -> web.StreamResponse:
        wanted = request.if_match
        if wanted is None or any(each.value == "*" for each in wanted):
            return await handler(request)
        setup_id = request.match_info["id"]
        lock = _changing.get(setup_id)
        if lock is None:
            lock = _changing[setup_id] = asyncio.Lock()
        async with lock:
            tags = {(await setup_document(request, setup_id, language))[1] for language in LANGUAGES}
            if not any(each.value in tags and not each.is_weak for each in wanted):
                raise problem("CHANGED_MEANWHILE")
            return await handler(request)

    return matched
