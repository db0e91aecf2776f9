"""Makes sendings with one mistake each out of correct samples."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from kaigo_careplan_link.files import read_records, standard, write_records, write_sample
from kaigo_careplan_link.files._name import parse_name
from kaigo_careplan_link.files._sources import Source

HOME, SERVICE = ("9970000106", "43"), ("9970000205", "11")
MONTH, STAMP = "202701", "20261225101500"


def correct(
    unit: str, folder: Path, *, stamp: str = STAMP, people: int = 1, service: str = "11", month: str = MONTH
):
    """A correct sending of ``unit`` in ``folder``; answers its files."""
    sides = [HOME, (SERVICE[0], service)]
    if unit.startswith("service"):
        sides.reverse()
    (sender, sender_service), (receiver, receiver_service) = sides
    return write_sample(
        folder,
        unit=unit,
        sender=sender,
        sender_service=sender_service,
        receiver=receiver,
        receiver_service=receiver_service,
        month=month,
        stamp=stamp,
        people=people,
    )


class Sending:
    """Files by name, with tools to spoil them."""

    def __init__(self, unit: str, **how):
        with TemporaryDirectory() as folder:
            self.files = {path.name: path.read_bytes() for path in correct(unit, Path(folder), **how)}

    def name(self, kind: str) -> str:
        return next(name for name in self.files if parse_name(name).kind == kind)

    def records(self, kind: str) -> list[dict]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / self.name(kind)
            path.write_bytes(self.files[path.name])
            return list(read_records(Source(path.name, path)))

    def put(self, kind: str, records: list[dict]) -> None:
        self.files[self.name(kind)] = write_records(kind, records)

    def set(self, kind: str, **values: str) -> None:
        """Give the first record other values."""
        records = self.records(kind)
        records[0].update(values)
        self.put(kind, records)

    def set_all(self, kind: str, **values: str) -> None:
        self.put(kind, [record | values for record in self.records(kind)])

    def text(self, kind: str, change) -> None:
        name = self.name(kind)
        self.files[name] = change(self.files[name].decode("cp932")).encode("cp932")

    def data(self, kind: str, change) -> None:
        name = self.name(kind)
        self.files[name] = change(self.files[name])

    def raw(self, kind: str, key: str, raw: str) -> None:
        """Put ``raw`` where the item ``key`` of the first record stands, without quoting it."""
        mark = "＠ここ＠"
        records = self.records(kind)
        records[0][key] = mark
        self.put(kind, records)
        self.text(kind, lambda text: text.replace(f'"{mark}"', mark).replace(mark, raw))

    def rename(self, kind: str, change) -> None:
        name = self.name(kind)
        self.files[change(name)] = self.files.pop(name)

    def rename_all(self, change) -> None:
        self.files = {change(name): data for name, data in self.files.items()}

    def drop(self, kind: str) -> None:
        del self.files[self.name(kind)]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        return folder


def check_bytes(name: str, data: bytes, **how):
    """The report of one file in memory."""
    from kaigo_careplan_link.files._check import check_stream
    from kaigo_careplan_link.files._options import options_for

    return check_stream(name, io.BytesIO(data), options_for(**how))


def codes(report) -> set[str]:
    return set(report.codes())


def width(kind: str) -> int:
    return len(standard().fields(kind))
