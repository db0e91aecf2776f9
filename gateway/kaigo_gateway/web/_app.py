"""The aiohttp application: mount it into your own, or let ``kaigo-gateway serve`` run it."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from aiohttp import web

from kaigo_gateway.delivery import Delivery
from kaigo_gateway.i18n import system_language
from kaigo_gateway.web import _metrics
from kaigo_gateway.web._answers import Filed, Held
from kaigo_gateway.web._feeds import Feeds
from kaigo_gateway.web._fresh import Fresh
from kaigo_gateway.web._glance import Glances
from kaigo_gateway.web._keys import (
    ACCESS,
    DELIVERY,
    DOCUMENT,
    FEEDS,
    FILED,
    FRESH,
    GATEWAY,
    GLANCES,
    HELD,
    LIVE,
    OPERATIONS_HERE,
    OPTIONS,
    OVERVIEW,
    RATE,
    READERS,
    REASONS,
    REQUESTS,
    SPOKEN,
    STOPPING,
    STREAMS,
    TALLY,
)
from kaigo_gateway.web._live import Live
from kaigo_gateway.web._options import WebOptions
from kaigo_gateway.web._overview import Overview
from kaigo_gateway.web._plugin_routes import plugin_api
from kaigo_gateway.web._readers import Readers
from kaigo_gateway.web._tally import Tally
from kaigo_gateway.web._uploads import forget_old_uploads
from kaigo_gateway.web.access import TokenAccess
from kaigo_gateway.web.api.table import OPERATIONS, api_routes
from kaigo_gateway.web.pages import page_routes
from kaigo_gateway.web.safety import MIDDLEWARES, RateLimit, set_headers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.web.access import Access


def create_app(
    gateway: Gateway, *, access: Access | None = None, options: WebOptions | None = None
) -> web.Application:
    """The page and the REST service over an open :class:`kaigo_gateway.Gateway`.

    Serve it, or mount it: ``product.add_subapp("/kaigo", create_app(gateway, access=own_login))``. Without
    ``access`` callers are known by the tokens in ``<options.folder>/tokens`` (made when missing) and by
    sessions. While it is up the application runs the gateway's engine and delivers messages where the
    settings name a server, unless ``options.run_engine`` is false. Raises
    :class:`kaigo_gateway.errors.CouldNotRun` when the private folder cannot be used.
    """
    chosen = options or WebOptions()
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=chosen.max_document)
    app[GATEWAY], app[OPTIONS], app[FEEDS] = gateway, chosen, Feeds(gateway)
    app[STOPPING], app[TALLY] = asyncio.Event(), Tally()
    app[LIVE] = Live(gateway.progress, app[TALLY])
    app[OVERVIEW], app[STREAMS] = Overview(gateway), Counter()
    app[GLANCES], app[FRESH] = Glances(), Fresh(gateway.ledger)
    app[DELIVERY] = Delivery(gateway.ledger, gateway.settings)
    app[FILED], app[HELD] = Filed(chosen.folder / "answers"), Held()
    app[RATE], app[REQUESTS], app[READERS] = RateLimit(), Counter(), Readers()
    app[ACCESS] = access or TokenAccess.from_file(
        chosen.tokens,
        session_seconds=chosen.session_seconds,
        link_seconds=chosen.link_seconds,
    )
    app[SPOKEN] = gateway.settings.language or system_language()
    extra = plugin_api(gateway)
    app[REASONS] = {}
    app[OPERATIONS_HERE], app[DOCUMENT] = (*OPERATIONS, *extra.operations), []
    app.add_routes([*api_routes(), *extra.all_routes(), *page_routes(), *_metrics.ROUTES])
    app.on_response_prepare.extend((set_headers, _metrics.count))
    app.on_shutdown.append(_end_streams)
    app.cleanup_ctx.append(_run)
    return app


async def _run(app: web.Application) -> AsyncIterator[None]:
    """Run the engine while the application is up."""
    async with AsyncExitStack() as stack:
        live = app[LIVE]
        stack.callback(app[FRESH].close)
        stack.callback(app[OVERVIEW].close)
        await stack.enter_async_context(live)
        if app[OPTIONS].run_engine:
            await stack.enter_async_context(app[GATEWAY].engine)
            delivery = app[DELIVERY]
            await stack.enter_async_context(delivery)
        await asyncio.to_thread(forget_old_uploads, app[OPTIONS])
        yield


async def _end_streams(app: web.Application) -> None:
    """Open streams end at once, so that stopping does not wait for them."""
    app[STOPPING].set()
    app[FEEDS].end_all()
    app[OVERVIEW].end_all()
