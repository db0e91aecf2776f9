"""Has the server's certificate another issuer than at the last visit? Then somebody may stand in between."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.settings import data_folder

from kaigo_platform_link.reasons import REASONS

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.probe import ProbeResult

_FILE: Final = "platform-servers.json"
_KEPT: Final = 200


async def compared_with_last_visit(
    result: ProbeResult, context: CheckContext, *, remember: bool
) -> list[Finding]:
    """A warning when the issuer changed; the present one is kept. Simulations leave no trace here."""
    evidence = result.evidence()
    if context.simulated or not remember or not result.ok or "server_issuer" not in evidence:
        return []
    now = {key: evidence[key] for key in ("server_sha256", "server_issuer", "server_not_after")}
    before = await asyncio.to_thread(exchange, data_folder() / _FILE, result.target.authority, now)
    if before is None or before.get("server_issuer") == now["server_issuer"]:
        return []
    seen = {"before": before.get("server_issuer"), "now": now["server_issuer"], "host": result.target.host}
    return [REASONS.finding("PLATFORM_SERVER_ISSUER_CHANGED", seen=seen)]


def exchange(file: Path, place: str, now: dict[str, Any]) -> dict[str, Any] | None:
    """Put ``now`` in the place of what was kept for ``place``, and give that (None at the first visit)."""
    known: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        known = dict(json.loads(file.read_text(encoding="utf-8")))
    before = known.pop(place, None)
    known[place] = now
    kept = dict(list(known.items())[-_KEPT:])
    with contextlib.suppress(OSError):  # a read-only folder costs the comparison, not the check
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, json.dumps(kept, ensure_ascii=False, indent=1))
    return before if isinstance(before, dict) else None


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".part-")
    with os.fdopen(handle, "w", encoding="utf-8") as target:
        target.write(text)
    Path(name).replace(file)
