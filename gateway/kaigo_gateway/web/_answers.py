"""First answers by name, each for a day: on disk where they have to outlive the service, else in memory.

On disk they lie in the service's private folder, one file each (0600). In memory stand those of operations
that change nothing lasting, and of those whose answer holds a secret or personal data: these never touch the
disk and end with the service.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections import OrderedDict
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_
from kaigo_gateway.ledger._rows import is_dead, this_owner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

log = structlog.get_logger(__name__)

DAY: Final = 24 * 3600
MOST: Final = 5000
"""Answers on disk; beyond them the oldest go, so that keys without end do not fill it."""
MOST_HELD: Final = 1000
"""Answers in memory."""
MOST_BYTES: Final = 1024 * 1024
"""The longest answer that is kept."""
MOST_HELD_BYTES: Final = 16 * MOST_BYTES
"""All answers in memory together."""
_EVERY: Final = 200
"""Answers between two looks at what can go: looking reads the whole folder."""
_BEGINNING: Final = 5.0
"""Seconds in which a mark on disk may still be without its owner's name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and answered. ``body`` is None where the answer was not kept.

    ``request`` tells requests apart (None: it could not be read); ``size`` are the bytes of a form's files,
    None for a document.
    """

    request: str | None
    size: int | None
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | None


class Held:
    """Answers in memory, the newest within number, bytes and a day."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[float, Answer]] = OrderedDict()
        self._bytes = 0
        self._running: set[str] = set()

    async def find(self, name: str) -> Answer | None:
        """The answer of that name."""
        while self._answers and next(iter(self._answers.values()))[0] < time.monotonic() - DAY:
            self._drop()
        found = self._answers.get(name)
        return None if found is None else found[1]

    async def keep(self, name: str, answer: Answer) -> None:
        """Remember an answer; the oldest make room."""
        self._answers[name] = (time.monotonic(), answer)
        self._bytes += len(answer.body or b"")
        while len(self._answers) > MOST_HELD or self._bytes > MOST_HELD_BYTES:
            self._drop()

    def _drop(self) -> None:
        _, (_, answer) = self._answers.popitem(last=False)
        self._bytes -= len(answer.body or b"")

    @asynccontextmanager
    async def running(self, name: str) -> AsyncIterator[bool]:
        """Whether nobody else works on that name while the block runs."""
        mine = name not in self._running
        self._running.add(name)
        try:
            yield mine
        finally:
            if mine:
                self._running.discard(name)


_here: Final[dict[str, object]] = {}
"""Marks of this process, of all its services: one that stands on disk alone was left by an earlier one."""


class Filed:
    """Answers in a folder. A mark beside them says, to other services on the same folder too, what runs."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._written = folder, 0

    async def find(self, name: str) -> Answer | None:
        """The answer of that name; one that cannot be read is none."""
        return await asyncio.to_thread(_read, self._folder / f"{name}.json")

    async def keep(self, name: str, answer: Answer) -> None:
        """Write an answer; it is there whole or not at all.

        What was asked for is done by then, so a folder that cannot be written is no reason to say otherwise.
        """
        try:
            await asyncio.to_thread(self._write, name, answer)
        except OSError as error:
            log.warning("answer_not_kept", why=error.strerror)

    @asynccontextmanager
    async def running(self, name: str) -> AsyncIterator[bool]:
        """Whether nobody else works on that name while the block runs.

        Raises :class:`CouldNotRun` when the folder cannot be written.
        """
        mark, task = self._folder / f"{name}.running", object()
        if _here.setdefault(str(mark), task) is not task:
            yield False
            return
        try:
            async with self._marked(mark) as mine:
                yield mine
        finally:
            del _here[str(mark)]

    @asynccontextmanager
    async def _marked(self, mark: Path) -> AsyncIterator[bool]:
        """Have a mark on disk while the block runs, unless another process has it."""
        try:
            mine = await asyncio.to_thread(_marked, mark)
        except OSError as error:
            raise CouldNotRun(
                N_("The folder {path} cannot be written, so nothing can be done once only: {why}."),
                N_("Make room or give back its rights; or send the request without Idempotency-Key."),
                path=self._folder,
                why=error.strerror or type(error).__name__,
            ) from None
        try:
            yield mine
        finally:
            if mine:
                await asyncio.to_thread(mark.unlink, missing_ok=True)

    def _write(self, name: str, answer: Answer) -> None:
        self._forget_old()
        body = None if answer.body is None else base64.b64encode(answer.body).decode()
        beside = self._folder / f"{name}.part"
        _write_private(beside, json.dumps({**asdict(replace(answer, body=None)), "body": body}), os.O_TRUNC)
        beside.replace(self._folder / f"{name}.json")

    def _forget_old(self) -> None:
        """Remove what is older than a day and beyond the most, at the first answer and now and again."""
        self._written += 1
        if (self._written - 1) % _EVERY:
            return
        ages = sorted((_age(file), file) for file in self._folder.iterdir())
        for position, (age, file) in enumerate(ages):
            if age > DAY or (position >= MOST and file.suffix != ".running"):
                with suppress(OSError):
                    file.unlink()


def _read(file: Path) -> Answer | None:
    try:
        if time.time() - file.stat().st_mtime > DAY:
            return None
        kept = json.loads(file.read_text(encoding="utf-8"))
        body = None if kept["body"] is None else base64.b64decode(kept["body"])
        headers = tuple((str(key), str(value)) for key, value in kept["headers"])
        return Answer(kept["request"], kept["size"], int(kept["status"]), headers, body)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _marked(mark: Path) -> bool:
    """Make a mark; False where another living process has it. One that a dead process left is taken over."""
    mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for _ in range(2):
        try:
            _write_private(mark, this_owner(), os.O_EXCL)
        except FileExistsError:
            if not _is_left(mark):
                return False
            mark.unlink(missing_ok=True)
        else:
            return True
    return False


def _is_left(mark: Path) -> bool:
    try:
        owner = mark.read_text(encoding="utf-8")
    except OSError:
        return True
    if not owner:
        return _age(mark) > _BEGINNING
    return is_dead(owner) or owner == this_owner() or _age(mark) > DAY


def _write_private(file: Path, text: str, how: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(text)


def _age(file: Path) -> float:
    """Seconds since a file was written."""
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return 0.0
