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

    from kaigo_gateway.web._feeds import Feeds
    from kaigo_gateway.web._fresh import Fresh
    from kaigo_gateway.web._glance import Glances
    from kaigo_gateway.web._live import Live
    from kaigo_gateway.web._readers import Readers
    from kaigo_gateway.web.safety._rate import RateLimit

GATEWAY: Final = web.AppKey("gateway", Gateway)
OPTIONS: Final = web.AppKey("options", WebOptions)
ACCESS: Final[web.AppKey[Access]] = web.AppKey("access")
FEEDS: Final[web.AppKey[Feeds]] = web.AppKey("feeds")
FRESH: Final[web.AppKey[Fresh]] = web.AppKey("fresh")
GLANCES: Final[web.AppKey[Glances]] = web.AppKey("glances")
LIVE: Final[web.AppKey[Live]] = web.AppKey("live")
RATE: Final[web.AppKey[RateLimit]] = web.AppKey("rate")
READERS: Final[web.AppKey[Readers]] = web.AppKey("readers")
REQUESTS: Final[web.AppKey[Counter[int]]] = web.AppKey("requests")
STOPPING: Final = web.AppKey("stopping", asyncio.Event)

PRINCIPAL: Final = web.RequestKey("principal", Principal)
LANGUAGE: Final = web.RequestKey("language", str)
