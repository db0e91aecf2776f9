"""Where files come from: paths, folders, ZIP archives. Archives are judged before a byte is unpacked."""

from __future__ import annotations

import contextlib
import lzma
import struct
import threading
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.files._findings import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kaigo_careplan_link.files._blocks import Readable

MAX_MEMBERS = 200_000
MAX_UNPACKED = 8 << 30
"""Bytes that all members of one archive may have unpacked."""
_SUSPICIOUS = 16 << 20
_MAX_RATIO = 400
_SKIPPED = {".DS_Store", "Thumbs.db", "desktop.ini"}


_DAMAGED = (
    OSError, RuntimeError, EOFError, ValueError, KeyError, struct.error, zlib.error, lzma.LZMAError,
    zipfile.BadZipFile, zipfile.LargeZipFile,
)  # fmt: skip
"""What zipfile and its decompressors raise over damaged archives."""


class DamagedArchive(OSError):
    """An archive or one of its members cannot be read; the argument says how it came out."""


class _Kept(threading.local):
    """The archive that this thread reads members of; nothing outside :func:`keep_archive_open`."""

    def __init__(self) -> None:
        self.wanted = False
        self.path: Path | None = None
        self.archive: zipfile.ZipFile | None = None

    def get(self, path: Path) -> zipfile.ZipFile | None:
        """The open archive; opening one reads its whole directory, so that is not done for every member."""
        if not self.wanted:
            return None
        if self.path != path:
            self.close()
            self.archive = zipfile.ZipFile(path)
            self.path = path
        return self.archive

    def close(self) -> None:
        """Let go of the file."""
        if self.archive is not None:
            self.archive.close()
        self.path = self.archive = None


_kept = _Kept()


@contextlib.contextmanager
def keep_archive_open() -> Iterator[None]:
    """Inside the block the archive read last stays open (in this thread); it is closed at the end."""
    before, _kept.wanted = _kept.wanted, True
    try:
        yield
    finally:
        _kept.wanted = before
        if not before:
            _kept.close()


class _Member:
    """A member's bytes; whatever the archive's damage raises becomes :class:`DamagedArchive`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._stream.read(size)
        except _DAMAGED as trouble:
            raise DamagedArchive(type(trouble).__name__) from trouble


@dataclass(frozen=True, slots=True)
class Source:
    """One file to check: a path, or a member of an archive. ``shown`` is what reports call it."""

    shown: str
    file: Path
    member: str | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[Readable]:
        """The bytes; ``OSError`` where they cannot be read, :class:`DamagedArchive` inside an archive."""
        if self.member is None:
            with self.file.open("rb") as stream:
                yield stream
            return
        with contextlib.ExitStack() as stack:
            try:
                archive = _kept.get(self.file) or stack.enter_context(zipfile.ZipFile(self.file))
                member = stack.enter_context(archive.open(self.member))
            except _DAMAGED as trouble:
                raise DamagedArchive(type(trouble).__name__) from trouble
            yield _Member(member)

    @property
    def name(self) -> str:
        """The file name alone."""
        return self.shown.replace("\\", "/").rsplit("/", 1)[-1]


Troubles = list[tuple[str, Problem]]
"""What was wrong with an archive or an entry: (path, problem)."""


def find_sources(paths: Iterable[Path | str]) -> tuple[list[Source], Troubles]:
    """All files below ``paths`` in a stable order; ``InputError`` for a path that does not exist."""
    sources: list[Source] = []
    troubles: Troubles = []
    for path in map(Path, paths):
        if not path.exists():
            raise InputError(
                N_("{path} does not exist."),
                N_("Name a file, a folder or a ZIP archive."),
                domain="kaigo_careplan_link",
                path=str(path),
            )
        for file in _files_below(path):
            if file.suffix.lower() == ".zip":
                _open_archive(file, sources, troubles)
            elif file.name not in _SKIPPED:
                sources.append(Source(str(file), file))
    return sources, troubles


def _files_below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for entry in sorted(path.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry)
        elif entry.is_file():
            yield entry


def _open_archive(file: Path, sources: list[Source], troubles: Troubles) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except _DAMAGED as trouble:
        troubles.append((str(file), Problem("INPUT_ZIP_BROKEN", 0, type(trouble).__name__)))
        return
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        values = {"members": len(members), "bytes": sum(member.file_size for member in members)}
        troubles.append((str(file), Problem("INPUT_ZIP_BOMB", values=values)))
        return
    if any(member.is_dir() or "/" in member.filename for member in members):
        troubles.append((str(file), Problem("INPUT_ZIP_FOLDER")))
    found = [_member(file, member, troubles) for member in members if not member.is_dir()]
    sources += [source for source in found if source]


def _member(file: Path, member: zipfile.ZipInfo, troubles: Troubles) -> Source | None:
    shown = f"{file}/{_readable(member)}"
    problem = None
    if member.flag_bits & 1:
        problem = Problem("INPUT_ZIP_ENCRYPTED")
    elif member.file_size > _SUSPICIOUS and member.file_size > _MAX_RATIO * max(1, member.compress_size):
        problem = Problem("INPUT_ZIP_BOMB", values={"members": 1, "bytes": member.file_size})
    elif ".." in member.filename.replace("\\", "/").split("/"):
        problem = Problem("INPUT_ZIP_PATH")
    if problem:
        troubles.append((shown, problem))
        return None
    if shown.rsplit("/", 1)[-1] in _SKIPPED or "__MACOSX/" in member.filename:
        return None
    return Source(shown, file, member.filename)


def _readable(member: zipfile.ZipInfo) -> str:
    """Windows writes Japanese member names in MS932 without saying so; zipfile then reads CP437."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    with contextlib.suppress(UnicodeError):
        return member.filename.encode("cp437").decode("cp932")
    return member.filename
