"""Where the parts of the application find each other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway._gateway import Gateway
from kaigo_gateway.web._options import WebOptions
from kaigo_gateway.web.access import Access, Principal

if TYPE_CHECKING:
    from collections import Counter

    from kaigo_gateway.delivery import Delivery
    from kaigo_gateway.web._answers import Filed, Held
    from kaigo_gateway.web._feeds import Feeds
    from kaigo_gateway.web._fresh import Fresh
    from kaigo_gateway.web._glance import Glances
    from kaigo_gateway.web._live import Live
    from kaigo_gateway.web._overview import Overview
    from kaigo_gateway.web._readers import Readers
    from kaigo_gateway.web._tally import Tally
    from kaigo_gateway.web.api._operation import Operation
    from kaigo_gateway.web.safety._rate import RateLimit

GATEWAY: Final = web.AppKey("gateway", Gateway)
DELIVERY: Final[web.AppKey[Delivery]] = web.AppKey("delivery")
DOCUMENT: Final[web.AppKey[list[bytes]]] = web.AppKey("document")
"""The OpenAPI document once it has been asked for."""
OPERATIONS_HERE: Final[web.AppKey[tuple[Operation, ...]]] = web.AppKey("operations")
"""The operations of the core and of the plugins that are in use here."""
OPTIONS: Final = web.AppKey("options", WebOptions)
ACCESS: Final[web.AppKey[Access]] = web.AppKey("access")
FILED: Final[web.AppKey[Filed]] = web.AppKey("filed")
HELD: Final[web.AppKey[Held]] = web.AppKey("held")
"""Answers to idempotency keys, on disk and in memory."""
FEEDS: Final[web.AppKey[Feeds]] = web.AppKey("feeds")
FRESH: Final[web.AppKey[Fresh]] = web.AppKey("fresh")
GLANCES: Final[web.AppKey[Glances]] = web.AppKey("glances")
LIVE: Final[web.AppKey[Live]] = web.AppKey("live")
OVERVIEW: Final[web.AppKey[Overview]] = web.AppKey("overview")
RATE: Final[web.AppKey[RateLimit]] = web.AppKey("rate")
READERS: Final[web.AppKey[Readers]] = web.AppKey("readers")
REASONS: Final[web.AppKey[dict[tuple[str, str], tuple[bytes, str]]]] = web.AppKey("reasons")
"""Reason codes as documents with their ETags, by code and language: they do not change while we run."""
REQUESTS: Final[web.AppKey[Counter[int]]] = web.AppKey("requests")
SPOKEN: Final = web.AppKey("spoken", str)
"""The language of whoever names none: the settings', else the system's when the application was made."""
STREAMS: Final[web.AppKey[Counter[str]]] = web.AppKey("streams")
"""Open streams by caller."""
TALLY: Final[web.AppKey[Tally]] = web.AppKey("tally")
STOPPING: Final = web.AppKey("stopping", asyncio.Event)

PRINCIPAL: Final = web.RequestKey("principal", Principal)
LANGUAGE: Final = web.RequestKey("language", str)
