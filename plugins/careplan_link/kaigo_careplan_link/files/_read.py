"""Files of the standard to JSON or Parquet, with the Japanese or the English names of the items."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kaigo_gateway.errors import CouldNotRun, InputError, NotInstalled
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.files._fields import unquote
from kaigo_careplan_link.files._records import Reading, open_records
from kaigo_careplan_link.files._sources import DamagedArchive, Source, find_sources, keep_archive_open
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._write import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Names = Literal["ja", "en"]
_DOMAIN = "kaigo_careplan_link"


def column_names(kind: str, names: Names) -> list[str]:
    """Item names of ``kind``; a Japanese name that stands twice (第3表 開始時間) gets its No. behind it."""
    fields = standard().fields(kind)
    if names == "en":
        return [field.key for field in fields]
    counts = Counter(field.name for field in fields)
    return [field.name if counts[field.name] == 1 else f"{field.name}_{field.no}" for field in fields]


def read_records(source: Source, names: Names = "en") -> Iterator[dict[str, str | None]]:
    """The records of one file as dicts; Null is None. Line breaks inside free text stay as they are.

    Raises ``InputError`` for a file whose kind its name does not tell, whose records do not have the
    standard's number of items, or which is not in MS932 or UTF-8: check it first.
    """
    try:
        with source.open() as stream:
            yield from _records(source, open_records(source.shown, stream), names)
    except DamagedArchive:
        raise _refused(source, N_("{path} cannot be unpacked; the archive is damaged.")) from None


def _records(source: Source, reading: Reading, names: Names) -> Iterator[dict[str, str | None]]:
    if reading.kind is None:
        raise _refused(source, N_("{path} is not a CSV file of the standard 4.1."))
    columns = column_names(reading.kind, names)
    for row, record in reading:
        raws = record.values
        if len(raws) != len(columns):
            message = N_("{path}, row {row}: {found} items instead of {wanted}.")
            raise _refused(source, message, row=row, found=len(raws), wanted=len(columns))
        try:
            values = [unquote(raw)[0].decode(reading.decoded.values) or None for raw in raws]
        except UnicodeDecodeError:
            raise _refused(source, N_("{path}, row {row}: characters that are not MS932."), row=row) from None
        yield dict(zip(columns, values, strict=True))


def _refused(source: Source, message: str, **values: object) -> InputError:
    remedy = N_("Check the file with 'careplan validate' first.")
    return InputError(message, remedy, domain=_DOMAIN, path=source.shown, **values)


def write_records(kind: str, records: Iterable[Mapping[str, str | None]], names: Names = "en") -> bytes:
    """The bytes of a file from records as :func:`read_records` gives them; ``KeyError``: unknown name."""
    back = dict(zip(column_names(kind, names), column_names(kind, "en"), strict=True))
    return render(kind, [{back[key]: value or "" for key, value in record.items()} for record in records])


def read_to(
    paths: Iterable[Path | str],
    out: Path,
    *,
    form: Literal["json", "jsonl", "parquet"] = "jsonl",
    names: Names = "en",
) -> list[Path]:
    """Read every CSV file of the standard below ``paths`` into ``out``, one each; answer what was written.

    The files hold personal data like their originals. ``parquet`` needs duckdb (extra ``[bulk]``). Raises
    ``InputError`` (see :func:`read_records`), ``NotInstalled`` and ``CouldNotRun``.
    """
    sources = [source for source in find_sources(paths)[0] if source.name.upper().endswith(".CSV")]
    if not sources:
        raise InputError(
            N_("There is no CSV file to read."), N_("Name files, a folder or a ZIP archive."), domain=_DOMAIN
        )
    if form == "parquet":
        _duckdb()
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        with keep_archive_open():
            for source in sources:
                target = out / (source.name.rsplit(".", 1)[0] + "." + form)
                _write_one(source, target, form, names)
                written.append(target)
    except OSError as trouble:
        raise CouldNotRun(
            N_("{folder} could not be written ({reason})."),
            N_("Name a folder that you may write into."),
            domain=_DOMAIN,
            folder=str(out),
            reason=trouble.strerror or str(trouble),
        ) from trouble
    return written


def _write_one(source: Source, target: Path, form: str, names: Names) -> None:
    """Whole or not at all: into a temporary file beside the target first."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".part-") as folder:
        lines = Path(folder) / "records.jsonl"
        with lines.open("w", encoding="utf-8", newline="\n") as stream:
            if form == "json":
                stream.write("[\n")
            for index, record in enumerate(read_records(source, names)):
                between = ",\n" if form == "json" and index else ""
                stream.write(
                    between + json.dumps(record, ensure_ascii=False) + ("" if form == "json" else "\n")
                )
            if form == "json":
                stream.write("\n]\n")
        if form == "parquet":
            _to_parquet(lines, Path(folder) / "records.parquet", source, names)
            lines = Path(folder) / "records.parquet"
        lines.replace(target)


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise NotInstalled("duckdb", "pip install 'kaigo-gateway[bulk]'") from None
    return duckdb


def _to_parquet(lines: Path, target: Path, source: Source, names: Names) -> None:
    """All columns are text: leading zeros are part of the values."""
    with source.open() as stream:
        kind = open_records(source.shown, stream).kind
    assert kind is not None
    columns = dict.fromkeys(column_names(kind, names), "VARCHAR")
    with _duckdb().connect() as connection:
        table = connection.read_json(str(lines), columns=columns, format="newline_delimited")
        table.write_parquet(str(target), compression="zstd")
