"""``careplan fix``: a mended copy of a sending in a new folder, with a list of every change."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.files._mend import NotMechanical, mend_value
from kaigo_careplan_link.files._name import Name, parse_name
from kaigo_careplan_link.files._records import Reading, open_records
from kaigo_careplan_link.files._sources import DamagedArchive, Source, find_sources, keep_archive_open
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._write import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DOMAIN = "kaigo_careplan_link"
CHANGES = "changes.jsonl"
"""The list of changes in the new folder: one JSON object per change, positions and codes, no values."""
_ENCODINGS = {"utf-8": "ENCODING_UTF8", "utf-8-sig": "ENCODING_UTF8_BOM", "utf-16": "ENCODING_UTF16"}


@dataclass(slots=True)
class FixedFile:
    """One file: its new name (None: not written, ``left`` says why) and how often what was mended."""

    path: str
    written: str | None = None
    left: str | None = None
    changes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class FixReport:
    """All files of a repair, in the order of reading."""

    folder: str
    files: list[FixedFile] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """JSON types (schema kaigo-gateway/careplan-fix/1)."""
        return {
            "schema": "kaigo-gateway/careplan-fix/1",
            "folder": self.folder,
            "list": CHANGES,
            "files": [
                {"path": one.path, "written": one.written, "left": one.left, "changes": dict(one.changes)}
                for one in self.files
            ],
        }


def fix(
    paths: Iterable[Path | str] | Path | str, out: Path, *, replace_characters: bool = False
) -> FixReport:
    """Write mended copies of the files below ``paths`` into the new folder ``out`` and list every change.

    Only what is mechanical is touched: encoding, line ends, quotes, header, empty lines, control characters,
    spaces and wide characters in items that are not free text, hyphens, capitals of the name. Characters
    outside MS932 are replaced only with ``replace_characters``; otherwise a file that has some is not
    written. Records with another number of items are copied as they are. The originals are never changed.
    Raises ``InputError`` where ``out`` is not empty or there is nothing to mend, ``CouldNotRun`` where it
    cannot be written.
    """
    wanted = [paths] if isinstance(paths, (str, Path)) else list(paths)
    sources = [source for source in find_sources(wanted)[0] if parse_name(source.name).kind]
    if not sources:
        raise InputError(
            N_("There is no file of the standard to mend."),
            N_("Name files, a folder or a ZIP archive."),
            domain=_DOMAIN,
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(
            N_("{folder} is not empty."),
            N_("Name a new folder for the mended files."),
            domain=_DOMAIN,
            folder=str(out),
        )
    report = FixReport(str(out))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with keep_archive_open(), (out / CHANGES).open("w", encoding="utf-8", newline="\n") as listing:
            for source in sources:
                report.files.append(_fix_one(source, out, listing, replace=replace_characters))
    except OSError as trouble:
        raise CouldNotRun(
            N_("{folder} could not be written ({reason})."),
            N_("Name a folder that you may write into."),
            domain=_DOMAIN,
            folder=str(out),
            reason=trouble.strerror or str(trouble),
        ) from trouble
    return report


def _fix_one(source: Source, out: Path, listing: IO[str], *, replace: bool) -> FixedFile:
    result = FixedFile(source.shown)
    name = parse_name(source.name)
    new_name = _mended_name(name)
    target = out / new_name
    if target.exists():
        result.left = "NAME_COPY"
        return result
    changes = _Changes(result, listing, new_name)
    with tempfile.TemporaryDirectory(dir=out, prefix=".part-") as folder:
        part = Path(folder) / "mended"
        try:
            with source.open() as stream, part.open("wb") as mended:
                if name.kind and standard().kinds[name.kind].image:
                    mended.write(stream.read())
                else:
                    for line in _mended_lines(open_records(source.shown, stream), changes, replace=replace):
                        mended.write(line)
        except NotMechanical as trouble:
            result.left = str(trouble)
        except UnicodeError:
            result.left = "CHAR_UNDEFINED"
        except DamagedArchive:
            result.left = "INPUT_ZIP_BROKEN"
        else:
            if new_name != source.name:
                changes.note("NAME", None, None)
            part.replace(target)
            result.written = new_name
            return result
    result.changes.clear()
    return result


class _Changes:
    """Writes the list and counts."""

    def __init__(self, result: FixedFile, listing: IO[str], name: str) -> None:
        self._result, self._listing, self._name = result, listing, name

    def note(self, code: str, row: int | None, number: int | None) -> None:
        """One change of ``code`` at a row and field, or of the whole file."""
        self._result.changes[code] += 1
        line = {"file": self._name, "code": code, "row": row, "field": number}
        self._listing.write(json.dumps(line) + "\n")


def _mended_lines(reading: Reading, changes: _Changes, *, replace: bool) -> Iterator[bytes]:
    found = reading.decoded.found
    if found != "cp932":
        changes.note(_ENCODINGS.get(found, "ENCODING_OTHER"), None, None)
    if reading.header:
        changes.note("CSV_HEADER_ROW", 1, None)
    assert reading.kind is not None
    fields = standard().fields(reading.kind)
    for row, record in reading:
        raws = record.values
        for problem in record.problems:
            if problem.code == "CSV_UNCLOSED_QUOTE":  # where the text ends would be a guess
                raise NotMechanical(problem.code)
            changes.note(problem.code, row, None)
        if raws in {(b"",), (b"\x1a",)}:
            changes.note("CSV_EMPTY_LINE" if raws == (b"",) else "CSV_EOF_MARK", row, None)
            continue
        if len(raws) != len(fields):
            yield b",".join(raws).decode(reading.decoded.values).encode("cp932") + LINE_END.encode()
            continue
        texts = []
        for item, raw in zip(fields, raws, strict=True):
            text, done = mend_value(item, raw, reading.decoded.values, replace=replace)
            texts.append(text)
            for code in done:
                changes.note(code, row, item.no)
        yield (",".join(texts) + LINE_END).encode("cp932")
    _note_ends(reading.ends, changes)


def _note_ends(ends: set[bytes], changes: _Changes) -> None:
    if b"" in ends:
        changes.note("LAST_LINE_OPEN", None, None)
    others = ends - {b"\r\n", b""}
    if others:
        code = "LINE_END_MIXED" if b"\r\n" in ends or len(others) > 1 else "LINE_END_LF"
        changes.note("LINE_END_CR" if others == {b"\r"} and code == "LINE_END_LF" else code, None, None)


def _mended_name(name: Name) -> str:
    """Capitals of prefix and extension, and no month where the kind has none; other parts are not guessed."""
    stem, dot, extension = name.text.rpartition(".")
    codes = {problem.code for problem in name.problems}
    if "NAME_EXTENSION_CASE" in codes:
        extension = extension.upper()
    if "NAME_PREFIX_CASE" in codes and name.kind:
        stem = name.kind + stem[len(name.kind) :]
    if "NAME_MONTH_UNEXPECTED" in codes and name.kind:
        stem = re.sub(f"^{name.kind}_[0-9]{{6}}_", f"{name.kind}_", stem)
    return stem + dot + extension
