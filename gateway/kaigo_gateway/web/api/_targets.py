"""Many addresses at once, results as they come: one JSON object a line (``application/x-ndjson``)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.results import Stage, Status, overall
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE, OPTIONS, STOPPING
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web._sites import allowed
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api._operation import Operation, model_body
from kaigo_gateway.web.api._target_models import TargetList

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kaigo_gateway.probe import ProbeResult, Target

NDJSON: Final = "application/x-ndjson"


async def check_targets(request: web.Request) -> web.StreamResponse:
    """Probe every address once; a line for each as it ends, then one with the counts."""
    asked = await model_body(request, TargetList)
    results = await _probes(request, asked)
    response = web.StreamResponse(headers={"Content-Type": NDJSON, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    counts: Counter[str] = Counter()
    statuses: list[Status] = []
    with suppress(ConnectionError):
        async with aclosing(results):  # type: ignore[type-var]
            async for probed in results:
                line = _result(probed, request[LANGUAGE])
                counts[line["reason_code"]] += 1
                statuses.append(Status(line["status"]))
                await response.write(_line(line))
                if request.config_dict[STOPPING].is_set():
                    return response
        await response.write(_line({"overall": overall(statuses).value, "counts": dict(counts)}))
    return response


async def _probes(request: web.Request, asked: TargetList) -> AsyncIterator[ProbeResult]:
    """The probes, ready to begin; every mistake in what was asked is told before anything is sent."""
    from kaigo_gateway.probe import ProxyChoice, Trust, probe_many
    from kaigo_gateway.probe._contexts import context_for

    targets = [_target(number, each.url, each.name) for number, each in enumerate(asked.targets)]
    options, ca_file = request.config_dict[OPTIONS], None
    if asked.ca_file is not None:
        if not allowed(Path(asked.ca_file), options):
            why = N_("outside the uploads and the allowed folders")
            raise problem("PATH_NOT_ALLOWED", errors=(Mistake(place="ca_file", why=why),))
        ca_file = options.uploads / asked.ca_file
    identity = None
    if asked.office_number is not None:
        identity = await request.config_dict[GATEWAY].vault.identity(asked.office_number)
        if identity is None:
            raise problem("NOT_FOUND", detail=asked.office_number)
    trust = Trust.pinned(ca_file) if ca_file else Trust(asked.trust)
    await asyncio.to_thread(context_for, trust)  # a file that is no CA is a problem, not a broken stream
    return probe_many(
        targets, concurrency=asked.concurrency, trust=trust, identity=identity, proxy=ProxyChoice()
    )


def _target(number: int, url: str, name: str) -> Target:
    from kaigo_gateway.errors import InputError
    from kaigo_gateway.probe import Target

    try:
        return Target.parse(url, name=name or url, tls13_only=True)
    except InputError as error:
        mistake = Mistake(place=f"targets.{number}.url", why=error.text())
        raise problem("NOT_VALID", errors=(mistake,)) from None


def _result(probed: ProbeResult, language: str) -> dict[str, Any]:
    from kaigo_gateway._version import __version__
    from kaigo_gateway.probe import REASONS
    from kaigo_gateway.report.model import result_from_finding

    result = result_from_finding(
        probed.finding(subject=probed.target.name),
        check_id="platform.target",
        stage=Stage.PLATFORM,
        plugin="kaigo-gateway",
        version=__version__,
        duration_ms=sum(phase.ms for phase in probed.phases),
        books=[REASONS],
        language=language,
    )
    return {"url": probed.target.url, **result.model_dump(mode="json")}


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


OPERATIONS: Final = (
    Operation(
        "POST", "/targets", check_targets,
        N_("Check many addresses at once; one JSON line for each as it ends"),
        N_("Files and checks"), NDJSON, role=Role.SUPPORTER, body=TargetList,
        problems=("PATH_NOT_ALLOWED", "NOT_FOUND"),
    ),
)  # fmt: skip
