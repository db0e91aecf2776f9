"""A Setup as JSON bytes with its ETag: made once for each state, trouble and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.web._etags import etag_of
from kaigo_gateway.web._keys import FRESH, GATEWAY, GLANCES
from kaigo_gateway.web._setups import detail_of, state_word

if TYPE_CHECKING:
    from aiohttp import web


async def setup_document(request: web.Request, setup_id: str, language: str) -> tuple[bytes, str]:
    """The document and its tag, which begins with the Setup's version.

    Raises :class:`kaigo_gateway.ledger.UnknownSetup`.
    """
    gateway = request.config_dict[GATEWAY]
    kept = await request.config_dict[FRESH].of(setup_id)
    key = (language, state_word(kept.row), gateway.engine.troubles.get(setup_id))
    found = kept.documents.get(key)
    if found is None:
        state = await request.config_dict[GLANCES].state(gateway, kept.row)
        body = detail_of(gateway, kept.row, state, language).model_dump_json(by_alias=True).encode()
        found = (body, f"{kept.seen.tag}-{etag_of(body)[:16]}")
        kept.keep(key, found)
    return found
