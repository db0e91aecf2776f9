"""Metrics in the Prometheus text format: counts and durations, nothing that names anybody."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp import web

from kaigo_gateway._version import __version__
from kaigo_gateway.web._keys import DELIVERY, FEEDS, GATEWAY, OVERVIEW, REQUESTS, TALLY
from kaigo_gateway.web._tally import BOUNDS
from kaigo_gateway.web.access import Role, needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.delivery import Delivery
    from kaigo_gateway.web._tally import Durations, Tally

Labels: TypeAlias = tuple[tuple[str, str], ...]
DAYS: Final = (7, 14, 30, 60, 90)
"""Days before the end of a certificate that are counted; the notices of ``cert list``."""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _labelled(labels: Labels) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{inside}}}" if inside else ""


def family(name: str, kind: str, text: str, samples: Mapping[Labels, float]) -> Iterator[str]:
    """The lines of one metric; its samples by labels."""
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in sorted(samples.items()):
        yield f"{name}{_labelled(labels)} {value:g}"


def _single(name: str, kind: str, text: str, value: float) -> Iterator[str]:
    yield from family(name, kind, text, {(): value})


def _histogram(name: str, text: str, label: str, by: Mapping[str, Durations]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} histogram"
    for value, durations in sorted(by.items()):
        for bound, number in zip((*map(str, BOUNDS), "+Inf"), accumulate(durations.buckets), strict=True):
            yield f"{name}_bucket{_labelled(((label, value), ('le', bound)))} {number}"
        yield f"{name}_sum{_labelled(((label, value),))} {durations.total:g}"
        yield f"{name}_count{_labelled(((label, value),))} {durations.count}"


async def _setups(gateway: Gateway) -> Iterator[str]:
    states: Counter[Labels] = Counter()
    verdicts: Counter[Labels] = Counter()
    for state, running, overall, number in await gateway.ledger.counts():
        states[("state", "running" if running else state),] += number
        if overall:
            verdicts[("overall", overall),] += number
    return iter(
        [
            *family("kaigo_gateway_setups", "gauge", "Setups by state.", states),
            *family("kaigo_gateway_setup_verdicts", "gauge", "Setups by verdict.", verdicts),
        ]
    )


def _work(tally: Tally) -> Iterator[str]:
    results: dict[Labels, float] = {
        (("reason_code", code), ("stage", stage)): n for (stage, code), n in tally.results.items()
    }
    yield from family(
        "kaigo_gateway_check_results_total", "counter", "Results of checks since the start, by reason code.",
        results,
    )  # fmt: skip
    yield from _histogram(
        "kaigo_gateway_check_duration_seconds", "How long checks took, by stage.", "stage", tally.durations
    )
    finished: dict[Labels, float] = {(("overall", overall),): n for overall, n in tally.finished.items()}
    yield from family(
        "kaigo_gateway_runs_finished_total",
        "counter",
        "Setups brought to their end since the start.",
        finished,
    )


async def _certificates(gateway: Gateway) -> list[str]:
    """How many offices' newest certificates end soon; nothing while the vault is closed."""
    vault = gateway.vault.opened
    if vault is None:
        return []
    from kaigo_certs import current

    left = [each.days_left() for each in current(await asyncio.to_thread(vault.identities))]
    within: dict[Labels, float] = {
        (("days", str(days)),): float(sum(each <= days for each in left)) for days in DAYS
    }
    return [
        *_single("kaigo_gateway_certificates", "gauge", "Offices with a kept certificate.", len(left)),
        *family(
            "kaigo_gateway_certificates_ending", "gauge",
            "Offices whose newest certificate ends within so many days, or has ended.", within,
        ),
    ]  # fmt: skip


def _process(tally: Tally) -> Iterator[str]:
    yield from _single(
        "process_start_time_seconds", "gauge", "When the service started (Unix time).", round(tally.started)
    )
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):  # not Linux
        return
    import resource

    size = pages * resource.getpagesize()
    yield from _single("process_resident_memory_bytes", "gauge", "Memory of the process.", size)


async def _messages(delivery: Delivery, gateway: Gateway) -> list[str]:
    """Only where the settings name a server: elsewhere nothing is ever delivered."""
    if gateway.settings.delivery.url is None:
        return []
    waiting, failing = await gateway.ledger.waiting(), float(delivery.trouble is not None)
    return [
        *_single("kaigo_gateway_messages_waiting", "gauge", "Messages not yet delivered.", waiting),
        *_single("kaigo_gateway_delivery_failing", "gauge", "1 after a failed delivery.", failing),
    ]


@needs(Role.VIEWER)
async def metrics(request: web.Request) -> web.StreamResponse:
    """The metrics page."""
    app = request.config_dict
    gateway, tally = app[GATEWAY], app[TALLY]
    answered: dict[Labels, float] = {(("status", str(status)),): n for status, n in app[REQUESTS].items()}
    open_streams: dict[Labels, float] = {
        (("feed", "setup"),): float(app[FEEDS].open),
        (("feed", "overview"),): float(len(app[OVERVIEW].clients)),
    }
    lines = [
        *family("kaigo_gateway_info", "gauge", "The release.", {(("version", __version__),): 1}),
        *await _setups(gateway),
        *_single(
            "kaigo_gateway_setup_troubles", "gauge", "Setups that could not be advanced.",
            len(gateway.engine.troubles),
        ),
        *await _messages(app[DELIVERY], gateway),
        *_work(tally),
        *await _certificates(gateway),
        *family("kaigo_gateway_streams", "gauge", "Open event streams.", open_streams),
        *family("kaigo_gateway_requests_total", "counter", "Requests answered, by status.", answered),
        *_process(tally),
    ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    return web.Response(
        body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    )


async def count(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Signal handler: count an answer."""
    assert isinstance(request, web.Request)
    request.app[REQUESTS][response.status] += 1


ROUTES: Final = (web.get("/metrics", metrics, name="metrics"),)
