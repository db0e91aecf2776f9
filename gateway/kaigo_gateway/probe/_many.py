"""Many targets at once: a fixed number of workers, results as they come, nothing that grows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaigo_gateway.probe._probe import probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from kaigo_gateway.probe._contexts import ClientIdentity, Trust
    from kaigo_gateway.probe._result import ProbeResult
    from kaigo_gateway.probe._target import Limits, Target
    from kaigo_gateway.probe._tunnel import Proxy
    from kaigo_gateway.probe.proxies import ProxyChoice


async def probe_many(  # noqa: PLR0913 - everything a connection depends on, by name
    targets: Iterable[Target],
    *,
    concurrency: int = 20,
    trust: Trust | None = None,
    identity: ClientIdentity | None = None,
    proxy: Proxy | ProxyChoice | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[ProbeResult]:
    """Probe each target once, at most ``concurrency`` at a time; yield each result when it is there.

    Targets are taken from the iterable as there is room, so a file of any length costs no memory. Each probe
    holds one socket. Leaving the loop early (``aclose``) ends the probes that are under way.
    """
    if concurrency < 1:
        raise ValueError("concurrency must be at least 1")
    finished: asyncio.Queue[ProbeResult | _Ended] = asyncio.Queue(maxsize=concurrency)
    source = iter(targets)

    async def work() -> None:
        error: Exception | None = None
        try:
            for target in source:  # shared by all workers; each takes the next
                await finished.put(
                    await probe(target, trust=trust, identity=identity, proxy=proxy, limits=limits)
                )
        except Exception as trouble:  # noqa: BLE001 - it is raised where the results are read
            error = trouble
        await finished.put(_Ended(error))

    workers = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        async for result in _until_all_ended(finished, len(workers)):
            yield result
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A worker has nothing more to do, or failed."""

    error: Exception | None


async def _until_all_ended(
    finished: asyncio.Queue[ProbeResult | _Ended], workers: int
) -> AsyncIterator[ProbeResult]:
    while workers:
        item = await finished.get()
        if not isinstance(item, _Ended):
            yield item
        elif item.error is not None:
            raise item.error
        else:
            workers -= 1
