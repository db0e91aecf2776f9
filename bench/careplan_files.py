"""Speed and memory of the CarePlan file checker against peers, one run, one core.

    python bench/careplan_files.py [--mb 200] [--peer-mb 5] [--rounds 3] [--memory 10,100,1000] [--json]

(a) ``csv.reader`` over the decoded text: reads, checks nothing; the limit of what Python can read.
(b) ``frictionless`` with a schema of required marks, patterns and lengths; ``pip install frictionless``, it
    is no dependency of the project. Left out with a note where it is not installed.
(c) a pydantic model per row, validated from ``csv.reader`` rows: with patterns and lengths alone (Rust), and
    with calendar, check digits and rules over several items, which is nearer to what the checker does.
The peers run over a smaller piece (``--peer-mb``): their speed per MB does not depend on the size.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PEERS = ("pydantic", "pydantic_patterns", "frictionless")
NAME = "UPPLAN_202701_9970000106_43_9970000205_11_20261225101500.CSV"
PATTERNS = {
    "version": "202407", "insurer": "[0-9]{6}", "insured": "[0-9]{10}|H[0-9]{9}", "date": "[0-9]{8}",
    "month": "[0-9]{6}", "office": "[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}", "int": "[0-9]+",
    "time": "[0-9]{4}", "bits31": "[01]{31}",
    "service": "[0-9A-Z]{6}", "tais": "[0-9]{5}-[0-9]{6}", "alnum": "[0-9A-Za-z]+",
    "code": "[01]", "unused": "",
}  # fmt: skip


def rows(seed: int = 7) -> Iterator[str]:
    """Lines of 第6表 without end: two to four visits a day, several offices, invented names."""
    dice = random.Random(seed)
    offices = ["9970000106", "9970000205", "9970000304", "9970000403"]
    names = ["みほん訪問介護", "みほんデイサービス", "みほん訪問看護ステーション", "みほん, 福祉用具"]
    user = 0
    while True:
        user = user % 40_000 + 1
        author = dice.choice(["見本　計子", "見本　花子", "見本　太郎"])
        common = f'202407,991018,{9900000000 + user},20261225,202701,9970000106,"{author}"'
        for day in range(1, 32):
            for visit in range(dice.randrange(2, 5)):
                office = dice.randrange(3) if dice.random() > 0.0005 else 3
                start = f"{8 + 2 * visit:02d}{dice.choice(('00', '15', '30', '45'))}"
                end = f"{9 + 2 * visit:02d}{dice.choice(('00', '15', '30', '45'))}"
                kind = ("11", "15", "13", "17")[office]
                goods = ('00001-000010,,"見本車いす"') if kind == "17" else ",,"
                item = dice.choice(("1111", "1211", "2411"))
                yield (
                    f"{common},{dice.choice((244, 387, 567, 821))},,202701{day:02d},,{start},{end},1,"
                    f'{kind}{item},{goods},,{offices[office]},"{names[office]}",,0,'
                    f"9970000106,\r\n"
                )


def generate(path: Path, megabytes: float) -> int:
    """Write about so many MB; answer the number of rows."""
    size = count = 0
    with path.open("wb") as target:
        for line in rows():
            data = line.encode("cp932")
            target.write(data)
            size += len(data)
            count += 1
            if size >= megabytes * 1e6:
                return count
    return count


def timed(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU, so that other programs on the machine count less."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def read_only(path: Path) -> None:
    with path.open(encoding="cp932", newline="") as source:
        for _ in csv.reader(source):
            pass


def check(path: Path) -> None:
    from kaigo_careplan_link.files import validate

    report = validate(path, rules={"UNIT_INCOMPLETE": "off", "ROW_TWICE": "off"})
    assert report.overall == "ok", report.codes()


def by_pydantic(path: Path, *, patterns_only: bool) -> None:
    """Patterns and lengths in pydantic's Rust core; with the other checks, calendar, digits and rows, too."""
    from kaigo_careplan_link.files import standard
    from pydantic import AfterValidator, StringConstraints, create_model, model_validator

    after = {"date": is_day, "office": check_digit, "insurer": check_digit, "time": is_time}
    fields: dict[str, Any] = {}
    for item in standard().fields("UPPLAN"):
        pattern = f"^(?:{PATTERNS[item.type]})$" if item.type in PATTERNS else None
        if item.mark != "mandatory" and pattern:
            pattern = pattern.replace("^(?:", "^(?:|")
        limits = StringConstraints(pattern=pattern, max_length=item.length)
        fields[item.key] = (Annotated[str, limits], ...)
        if not patterns_only and item.type in after:
            fields[item.key] = (Annotated[str, limits, AfterValidator(after[item.type])], ...)
    base = create_model("Row", **fields)
    rules = {"rows": model_validator(mode="after")(row_rules)}
    model = base if patterns_only else create_model("Checked", __base__=base, __validators__=rules)  # type: ignore[arg-type]
    keys = list(fields)
    with path.open(encoding="cp932", newline="") as source:
        for row in csv.reader(source):
            model.model_validate(dict(zip(keys, row, strict=True)))


def is_day(value: str) -> str:
    date(int(value[:4]), int(value[4:6]), int(value[6:]))
    return value


def is_time(value: str) -> str:
    if value != "9999" and (value[:2] > "23" or value[2:] > "59"):
        raise ValueError("no time")
    return value


def check_digit(value: str) -> str:
    products = (int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(value[:-1])))
    if value and (sum(sum(divmod(product, 10)) for product in products) + int(value[-1])) % 10:
        raise ValueError("check digit")
    return value


def row_rules(row: Any) -> Any:
    if row.service_code[:2] in {"17", "67"} and not (row.tais_code or row.equipment_notification_code):
        raise ValueError("equipment code")
    if row.service_code[:2] not in {"17", "67"} and row.line_discriminator:
        raise ValueError("discriminator")
    if row.service_date[:6] != row.service_month or row.service_month != "202701":
        raise ValueError("month")
    if (row.start_time == "9999") != (row.end_time == "9999"):
        raise ValueError("times")
    return row


def by_frictionless(path: Path) -> None:
    from frictionless import Dialect, Resource, Schema, system  # type: ignore[import-not-found,unused-ignore]
    from kaigo_careplan_link.files import standard

    fields = []
    for item in standard().fields("UPPLAN"):
        constraints: dict[str, Any] = {"required": item.mark == "mandatory"}
        if PATTERNS.get(item.type):
            constraints["pattern"] = PATTERNS[item.type]
        if item.length:
            constraints["maxLength"] = item.length
        fields.append({"name": item.key, "type": "string", "constraints": constraints})
    with system.use_context(trusted=True):
        resource = Resource(path=str(path), format="csv", encoding="cp932", dialect=Dialect(header=False),
                            schema=Schema.from_descriptor({"fields": fields}))  # fmt: skip
        report = resource.validate()
    assert report.valid, report.flatten(["type", "note"])[:3]


def memory_of(path: Path) -> float:
    """Greatest resident size in MB of a process that checks ``path`` (POSIX only)."""
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom kaigo_careplan_link.files import validate\n"
        "validate(Path(sys.argv[1]))\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    return int(out.stdout) / (1024 if sys.platform.startswith("linux") else 1024 * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mb", type=float, default=200)
    parser.add_argument("--peer-mb", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many is shown")
    parser.add_argument("--memory", default="10,100,1000", help="sizes in MB, or nothing")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder) / NAME, Path(folder) / "small" / NAME
        small.parent.mkdir()
        count = generate(path, options.mb)
        generate(small, options.peer_mb)
        size, small_size = path.stat().st_size / 1e6, small.stat().st_size / 1e6
        result: dict[str, Any] = {
            "mb": round(size, 1),
            "rows": count,
            "python": sys.version.split()[0],
        }
        check(small)  # warm: imports and the data files
        rounds = [(timed(lambda: read_only(path)), timed(lambda: check(path))) for _ in range(options.rounds)]
        result["csv_reader"] = round(size / min(read for read, _ in rounds), 1)
        result["checker"] = round(size / min(checked for _, checked in rounds), 1)
        for name, patterns_only in (("pydantic", False), ("pydantic_patterns", True)):
            seconds = timed(partial(by_pydantic, small, patterns_only=patterns_only))
            result[name] = round(small_size / seconds, 2)
        if importlib.util.find_spec("frictionless"):
            result["frictionless"] = round(small_size / timed(lambda: by_frictionless(small)), 2)
        result["of_csv_reader"] = round(result["checker"] / result["csv_reader"], 2)
        for peer in PEERS:
            if peer in result:
                result[f"times_{peer}"] = round(result["checker"] / result[peer], 1)
        result["memory_mb"] = {}
        for megabytes in filter(None, options.memory.split(",")):
            big = Path(folder) / "big" / NAME
            big.parent.mkdir(exist_ok=True)
            generate(big, float(megabytes))
            result["memory_mb"][megabytes] = round(memory_of(big), 1)
            big.unlink()
    show(result, as_json=options.json)


def show(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['mb']} MB, {result['rows']} rows of 第6表, Python {result['python']}, one process")
    for name in ("csv_reader", "checker", *PEERS):
        if name in result:
            print(f"  {name:18} {result[name]:8} MB/s")
        else:
            print(f"  {name:18} not installed")
    print(f"  checker / csv.reader = {result['of_csv_reader']}")
    for peer in PEERS:
        if f"times_{peer}" in result:
            print(f"  checker / {peer} = {result[f'times_{peer}']}")
    print(
        "  greatest memory: "
        + ", ".join(f"{size} MB → {used} MB" for size, used in result["memory_mb"].items())
    )


if __name__ == "__main__":
    main()
