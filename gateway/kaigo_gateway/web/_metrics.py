"""Metrics in the Prometheus text format: counts only, nothing about any office."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kaigo_gateway._version import __version__
from kaigo_gateway.web._keys import FEEDS, GATEWAY, REQUESTS
from kaigo_gateway.web._setups import state_word
from kaigo_gateway.web.access import Role, needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST: Final = 10_000


def _family(name: str, kind: str, text: str, samples: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in sorted(samples.items()):
        yield f"{name}{labels} {value:g}"


@needs(Role.VIEWER)
async def metrics(request: web.Request) -> web.StreamResponse:
    """The metrics page."""
    gateway = request.config_dict[GATEWAY]
    rows = await gateway.setups(limit=_MOST)
    states = Counter(f'{{state="{state_word(row).value}"}}' for row in rows)
    verdicts = Counter(f'{{overall="{row.overall}"}}' for row in rows if row.overall)
    answered = {f'{{status="{status}"}}': count for status, count in request.config_dict[REQUESTS].items()}
    lines = [
        *_family("kaigo_gateway_info", "gauge", "The release.", {f'{{version="{__version__}"}}': 1}),
        *_family("kaigo_gateway_setups", "gauge", "Setups by state.", states),
        *_family("kaigo_gateway_setup_verdicts", "gauge", "Setups by verdict.", verdicts),
        *_family(
            "kaigo_gateway_setup_troubles", "gauge", "Setups that could not be advanced.",
            {"": len(gateway.engine.troubles)},
        ),
        *_family(
            "kaigo_gateway_streams", "gauge", "Open event streams.", {"": request.config_dict[FEEDS].open}
        ),
        *_family("kaigo_gateway_requests_total", "counter", "Requests answered, by status.", answered),
    ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    return web.Response(
        body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    )


async def count(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Signal handler: count an answer."""
    assert isinstance(request, web.Request)
    request.config_dict[REQUESTS][response.status] += 1


ROUTES: Final = (web.get("/metrics", metrics, name="metrics"),)
