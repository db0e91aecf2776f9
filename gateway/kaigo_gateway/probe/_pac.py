"""Evaluating a PAC script in a process of its own."""

from __future__ import annotations

import asyncio
import importlib.util
import multiprocessing
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.probe._tunnel import ProxyRefusal

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from kaigo_gateway.probe._target import Target

LIMIT: Final = 2.0
"""Seconds for the script itself; starting the process comes on top."""
_START: Final = 15.0
_SIZE_LIMIT: Final = 1024 * 1024


async def pac_answer(file: Path, target: Target) -> str:
    """What ``FindProxyForURL`` answers, such as ``PROXY a:8080; DIRECT``.

    Raises :class:`ProxyRefusal` for a script that is broken or endless, :class:`NotInstalled` without pypac.
    """
    if importlib.util.find_spec("pypac") is None:
        raise NotInstalled("pypac", 'pip install "kaigo-gateway[pac]"')
    try:
        script = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise ProxyRefusal("PAC_UNREADABLE", pac=file.name, detail=error.strerror or "?") from None
    status, text = await asyncio.to_thread(
        _in_child, script[:_SIZE_LIMIT].decode("utf-8", "replace"), target.url, target.host
    )
    if status == "endless":
        raise ProxyRefusal("PAC_TIMEOUT", pac=file.name, seconds=LIMIT)
    if status != "ok":
        raise ProxyRefusal("PAC_UNREADABLE", pac=file.name, detail=text)
    return text


def _in_child(script: str, url: str, host: str) -> tuple[str, str]:
    """Run the script in a spawned process; kill it when its time is over."""
    method = multiprocessing.get_context("spawn")
    here, there = method.Pipe(duplex=False)
    child = method.Process(target=evaluate, args=(there, script, url, host), daemon=True)
    child.start()
    there.close()
    try:
        if not here.poll(_START):
            return "endless", ""
        here.recv()  # "started": Python and pypac are loaded
        if not here.poll(LIMIT):
            return "endless", ""
        status, text = here.recv()
    except EOFError:
        return "broken", "the script ended its process"
    else:
        return str(status), str(text)
    finally:
        child.kill()
        child.join(5)
        here.close()


def evaluate(there: Connection, script: str, url: str, host: str) -> None:
    """The child's work: answer ("ok", text) or ("broken", why)."""
    from pypac.parser import PACFile

    there.send("started")
    try:
        there.send(("ok", PACFile(script).find_proxy_for_url(url, host) or "DIRECT"))
    except Exception as error:  # noqa: BLE001 - whatever a foreign script brings about
        there.send(("broken", type(error).__name__))
