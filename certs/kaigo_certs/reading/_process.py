"""Start the worker process, with a time limit, from synchronous or asynchronous code."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import UnreadableFile, WrongPassword
from kaigo_certs._hardening import child_environment
from kaigo_certs.reading._load import Loaded

if TYPE_CHECKING:
    from kaigo_certs.reading._frame import Frame

TIME_LIMIT: Final = 60.0
"""Seconds; a file at the iteration limit with every retry of the password needs less on an old computer."""

_SERVE: Final = "KAIGO_CERTS_SERVE_AS_WORKER"
_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_ERRORS: Final = {"UnreadableFile": UnreadableFile, "WrongPassword": WrongPassword}


def load_apart(
    data: bytes,
    password: str | None,
    key: bytes | None = None,
    time_limit: float = TIME_LIMIT,
    frame: Frame | None = None,
) -> Loaded:
    """Load in a worker process; blocks. Raises what the loader raises, or a typed error of the worker."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            _command(),
            input=_request(data, password, key, frame),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=_NO_WINDOW,
            timeout=time_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile("CERT_READ_TIMEOUT", seconds=time_limit) from None
    return _loaded(done.stdout, done.returncode)


async def load_apart_async(
    data: bytes,
    password: str | None,
    key: bytes | None = None,
    time_limit: float = TIME_LIMIT,
    frame: Frame | None = None,
) -> Loaded:
    """The same without blocking the event loop; a cancelled caller takes the worker with it."""
    process = await asyncio.create_subprocess_exec(
        *_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=_environment(), creationflags=_NO_WINDOW,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(
            process.communicate(_request(data, password, key, frame)), time_limit
        )
    except TimeoutError:
        raise UnreadableFile("CERT_READ_TIMEOUT", seconds=time_limit) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return _loaded(output, process.returncode or 0)


def _command() -> list[str]:
    """A frozen program starts itself again and has to call :func:`serve_as_worker` first of all."""
    if getattr(sys, "frozen", False):
        if _SERVE in os.environ:
            raise UnreadableFile("CERT_READER_CRASHED", why="serve_as_worker() is not called")
        return [sys.executable]
    return [sys.executable, "-m", "kaigo_certs.reading._worker"]


def serve_as_worker() -> None:
    """Become the worker process and exit, where this process was started as one; else return at once.

    Only frozen programs (PyInstaller, Nuitka ...) need it: call it before anything else in ``main``.
    """
    if os.environ.get(_SERVE) == "1":
        from kaigo_certs.reading._worker import main

        raise SystemExit(main())


def _environment() -> dict[str, str]:
    """The caller's environment with this very package first on the path and no traceback to stderr."""
    home = str(Path(__file__).resolve().parents[2])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    settings = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "ignore"}
    if getattr(sys, "frozen", False):
        settings[_SERVE] = "1"
    return child_environment(**settings)


def _request(data: bytes, password: str | None, key: bytes | None, frame: Frame | None) -> bytes:
    parts = {
        name: base64.b64encode(part).decode() if part else None
        for name, part in (("data", data), ("key", key))
    }
    known = None if frame is None else asdict(frame)
    return json.dumps({**parts, "password": password, "frame": known}).encode()


def _loaded(output: bytes, code: int) -> Loaded:
    try:
        reply: dict[str, Any] = json.loads(output)
    except ValueError:
        raise UnreadableFile("CERT_READER_CRASHED", why=f"exit code {code}") from None
    if reply.get("error") == "crash":
        raise UnreadableFile("CERT_READER_CRASHED", why=reply["why"])
    if "error" in reply:
        raise _ERRORS[reply["error"]](reply["code"], **reply["values"])
    return Loaded(
        tuple(base64.b64decode(key) for key in reply["keys"]),
        tuple(base64.b64decode(der) for der in reply["certificates"]),
        reply["friendly_name"], reply["variant"], reply["ber"], reply["mac_verified"],
    )  # fmt: skip
