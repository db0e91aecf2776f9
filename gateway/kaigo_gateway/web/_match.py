"""If-Match on requests that change a Setup: it is done only to the version that the caller has seen.

The tag of ``GET /setups/{id}`` begins with the Setup's version, the same in every language and in every
process; the rest of it is the document's. Who has an old version is refused here at once; that nobody changes
it between this look and the writing is the database's to see to, which compares once more (``expect``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.web._keys import FRESH
from kaigo_gateway.web._problems import problem

if TYPE_CHECKING:
    from aiohttp import web

    from kaigo_gateway.ledger import Version


async def expected(request: web.Request) -> Version | None:
    """The version that a caller of ``/setups/{id}/…`` has seen; None where any will do. Raises 412."""
    wanted = request.if_match
    if wanted is None or any(each.value == "*" for each in wanted):
        return None
    version = (await request.config_dict[FRESH].of(request.match_info["id"])).seen
    if any(each.value.startswith(f"{version.tag}-") and not each.is_weak for each in wanted):
        return version
    raise problem("CHANGED_MEANWHILE")
