"""Coverage-guided fuzzing of the file checker; not part of the test run.

    pip install atheris
    python tests/careplan_files/fuzz_careplan.py -max_total_time=300 -max_len=4096

Seeds are the committed mistakes and correct samples. Whatever raises is a bug: the report of any bytes
under any name has to come out, in both languages, and mending them has to end, too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kaigo_careplan_link"]):
    from careplan_mistakes import FOLDER
    from careplan_workshop import Sending, check_bytes
    from kaigo_careplan_link.files import _fix, find_sources, standard, unit_names

KINDS = sorted(kind for kind in standard().kinds if not standard().kinds[kind].image)


def name_of(kind: str) -> str:
    month = "" if standard().kinds[kind].name_month == "none" else "202701_"
    return f"{kind}_{month}9970000106_43_9970000205_11_20261225101500.CSV"


def one_input(data: bytes) -> None:
    """First byte: the kind; second: how the name is spoilt; the rest: the file."""
    if len(data) < 2:
        return
    name = name_of(KINDS[data[0] % len(KINDS)])
    if data[1] > 200:
        name = data[2:60].decode("utf-8", "replace").replace("/", "")
    report = check_bytes(name, data[2:], profile="strict")
    report.as_dict("ja")
    report.as_dict("en")
    if data[1] % 16 == 0 and data[1] <= 200:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_bytes(data[2:])
            _fix.fix(find_sources([folder])[0][0].file, Path(folder) / "out", replace_characters=True)


def seeds(folder: Path) -> None:
    files = [path.read_bytes() for path in FOLDER.rglob("*.CSV")]
    files += [
        data for unit in unit_names() for name, data in Sending(unit).files.items() if name.endswith("CSV")
    ]
    for index, data in enumerate(files):
        (folder / str(index)).write_bytes(bytes([index % 256, index % 200]) + data[:3000])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as corpus:
        seeds(Path(corpus))
        atheris.Setup([*sys.argv, corpus], one_input)
        atheris.Fuzz()
