"""Evaluating a PAC script in a process of its own."""

from __future__ import annotations

import asyncio
import importlib.util
import multiprocessing
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.probe._autoconfig import SIZE_LIMIT, fetched, shown_name
from kaigo_gateway.probe._tunnel import ProxyRefusal

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from kaigo_gateway.probe._target import Target

LIMIT: Final = 2.0
"""Seconds for the script itself; starting the process comes on top."""
_START: Final = 15.0


async def pac_answer(file: Path, target: Target) -> str:
    """What ``FindProxyForURL`` answers, such as ``PROXY a:8080; DIRECT``.

    Raises :class:`ProxyRefusal` for a script that is broken or endless, :class:`NotInstalled` without pypac.
    """
    _need_pypac()
    try:
        script = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise ProxyRefusal("PAC_UNREADABLE", pac=file.name, detail=error.strerror or "?") from None
    return await _evaluated(script[:SIZE_LIMIT], file.name, target)


async def pac_answer_at(address: str, target: Target) -> str:
    """The same for a script that the operating system names by its address."""
    _need_pypac()
    script = await asyncio.to_thread(fetched, address)
    return await _evaluated(script, shown_name(address), target)


def _need_pypac() -> None:
    if importlib.util.find_spec("pypac") is None:
        raise NotInstalled("pypac", 'pip install "kaigo-gateway[pac]"')


async def _evaluated(script: bytes, name: str, target: Target) -> str:
    text = script.decode("utf-8", "replace")
    status, text = await asyncio.to_thread(_in_child, text, target.url, target.host)
    if status == "endless":
        raise ProxyRefusal("PAC_TIMEOUT", pac=name, seconds=LIMIT)
    if status != "ok":
        raise ProxyRefusal("PAC_UNREADABLE", pac=name, detail=text)
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
