"""How fast one assessment is, and 250,000 offices against their limits.

    python bench/subsidy.py [OFFICES]

Prints microseconds for one assessment; then wall time, processor time and peak memory for

    scan   a bare DuckDB scan and group-by of the same CSV file: the limit
    scan-typed   the same with the types of all columns given, which spares DuckDB from finding them
    keep   DuckDB reads all its columns into a table and writes 13 as Parquet: no rule, no check, no sum
    bulk   the bulk assessment with summary, written as Parquet
    scan-parquet, bulk-parquet   the same from a Parquet file
    loop   the plain loop over the single function

and for how many offices bulk and loop differ. Each measurement runs in its own process; all but the loop
take turns, so that a busy machine slows all of them.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_subsidy import RuleSet

TODAY = date(2026, 11, 22)
KEYS = ("verdict", "cap", "reader_limit", "total_cost", "eligible_cost", "grant", "self_paid", "reasons")
ROUNDS = 7
HEADER = (
    "office_number", "office_name", "prefecture", "services", "nonprofit", "donations", "other_income",
    "applied_on", "incurred_on", "reader_model", "reader_quantity", "reader_amount", "reader_condition",
    "reader_compatible", "support_amount", "supporter", "careplan_amount", "careplan_supporter", "claimed",
)  # fmt: skip


def make_file(path: Path, offices: int) -> None:
    """A file of made-up offices with every kind of trouble in it."""
    from kaigo_subsidy.rules import find_rules

    chance = random.Random(20261122)
    codes = [*find_rules("kiban-office", 2026).services, "24", "63", "A2", "99"]
    pick = chance.choice
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(offices):
            prefecture = f"{1 + number % 47:02d}"
            services = " ".join(sorted({pick(codes) for _ in range(pick((1, 1, 1, 2, 3)))}))
            supporter = pick(("T1180301018771", "T7000012050002", ""))
            reader = pick(("6500", "13000", "19500", "43500", "58000", "0", ""))
            writer.writerow((
                f"{prefecture}7{number:07d}", f"事業所{number}", prefecture, services,
                pick(("true", "false", "")),
                pick((0, 0, 0, 5000, 12345)), pick((0, 0, 0, 3000)),
                pick(("2026-11-22", "2026-06-30", "2026-05-06", "2026-05-07", "2027-03-12", "2027-03-13", "")),  # noqa: E501
                pick(("2026-06-01", "2026-06-30", "2026-05-07", "2026-03-31", "2026-04-01", "2026-12-01")),
                pick(("CIR315A", "CIR415A", "iPad", "タブレット用リーダー", "")),
                pick((1, 2, 3, 4, 7, 0, "")), reader,
                pick(("new", "new", "new", "used", "leased", "")), pick(("true", "true", "false", "")),
                pick((50000, 30001, 20000, 800, 0, "")), supporter, pick((13200, 20000, 0, "", "")),
                pick((supporter, supporter, "T7000012050002", "")), pick(("true", "false")),
            ))  # fmt: skip


def _from(path: Path) -> str:
    return f"read_csv('{path}', header=true)" if path.suffix == ".csv" else f"read_parquet('{path}')"


def scan(path: Path) -> int:
    """The limit: read the file and group it once."""
    import duckdb

    sql = (
        "SELECT prefecture, count(*), sum(reader_amount), sum(support_amount), sum(careplan_amount)"
        f" FROM {_from(path)} GROUP BY 1"
    )
    return len(duckdb.connect(":memory:").execute(sql).fetchall())


def scan_typed(path: Path) -> int:
    """The same by somebody who tells DuckDB all types before."""
    sql = "SELECT prefecture, count(*), sum(reader_amount), sum(support_amount), sum(careplan_amount)"
    return len(_typed(path).execute(f"{sql} FROM raw GROUP BY 1").fetchall())


def _typed(path: Path) -> Any:
    """A connection with the file as view ``raw``, every column's type given."""
    import duckdb
    from kaigo_subsidy.bulk import COLUMNS

    types = {name: COLUMNS[name].sql for name in HEADER}
    connection = duckdb.connect(":memory:")
    options = {"auto_detect": False, "delimiter": ",", "quotechar": '"', "escapechar": '"'}
    connection.read_csv(str(path), header=True, columns=types, **options).create_view("raw")
    return connection


def keep(path: Path) -> int:
    """What reading every column and writing a result costs before anything is judged."""
    connection, names = _typed(path), HEADER
    connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM raw")
    out = path.with_suffix(".kept.parquet")
    connection.execute(f"COPY (SELECT {', '.join(names[:13])} FROM kept) TO '{out}' (FORMAT PARQUET)")
    return len(names)


def bulk(path: Path) -> int:
    """The bulk assessment with its summary, written as Parquet."""
    from kaigo_subsidy.bulk import assess_bulk
    from kaigo_subsidy.rules import find_rules

    result = assess_bulk(path, find_rules("kiban-office", 2026), TODAY)
    result.write(path.with_suffix(".result.parquet"))
    return result.summary()["grant"]


def loop(path: Path) -> int:
    """The reference: the single function, office by office; its results are kept for comparing."""
    from kaigo_subsidy.rules import find_rules

    rules, total = find_rules("kiban-office", 2026), 0
    with path.with_suffix(".jsonl").open("w", encoding="utf-8") as out:
        for row in rows_of(path):
            values = single(row, rules)
            total += values["grant"]
            out.write(json.dumps(values, ensure_ascii=False) + "\n")
    return total


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    from kaigo_subsidy.bulk import COLUMNS

    kinds = {"BIGINT": int, "BOOLEAN": "true".__eq__, "DATE": date.fromisoformat, "VARCHAR": str}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: kinds[COLUMNS[name].sql](text) if text else None for name, text in row.items()}


def single(row: dict[str, Any], rules: RuleSet) -> dict[str, Any]:
    from kaigo_subsidy.assessing import assess
    from kaigo_subsidy.bulk import claim_of_row, row_of

    found = row_of(assess(claim_of_row(row, rules.rules, TODAY), rules))
    return {**found, "office_number": row["office_number"], "reasons": " ".join(sorted(found["reasons"]))}


def compare(path: Path) -> tuple[int, int]:
    """How many offices were compared between bulk and loop, and how many differ."""
    import duckdb

    found = duckdb.connect(":memory:").execute(f"SELECT * FROM '{path.with_suffix('.result.parquet')}'")
    names = [column[0] for column in found.description]
    compared = different = 0
    with path.with_suffix(".jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            got, wanted = dict(zip(names, found.fetchone(), strict=True)), json.loads(line)
            compared += 1
            different += any(got[key] != wanted[key] for key in ("office_number", *KEYS))
    return compared, different + (found.fetchone() is not None)


def one_assessment() -> float:
    """Microseconds for one claim of three lines."""
    from kaigo_subsidy.assessing import assess
    from kaigo_subsidy.bulk import claim_of_row
    from kaigo_subsidy.rules import find_rules

    rules = find_rules("kiban-office", 2026)
    row = {
        "office_number": "1370000001", "services": "11", "incurred_on": date(2026, 6, 1),
        "reader_model": "CIR315A",
        "reader_quantity": 3, "reader_amount": 19500, "reader_condition": "new", "reader_compatible": True,
        "support_amount": 30000, "supporter": "T1180301018771", "careplan_amount": 13200,
        "careplan_supporter": "T1180301018771",
    }  # fmt: skip
    claim = claim_of_row(row, rules.rules, TODAY)
    times = []
    for _ in range(2000):
        start = time.perf_counter()
        assess(claim, rules)
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2] * 1e6


def measured(name: str, path: Path) -> dict[str, Any]:
    """Run one of the functions in a process of its own."""
    command = [sys.executable, __file__, "--run", name, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run_one(name: str, path: Path) -> None:
    """In a process of its own: the function, timed; importing is not what is measured."""
    import duckdb  # noqa: F401
    import jpholiday  # noqa: F401
    import kaigo_subsidy.bulk
    import kaigo_subsidy.rules  # noqa: F401

    functions = {"scan": scan, "scan-typed": scan_typed, "keep": keep, "bulk": bulk, "loop": loop}
    function = functions[name.removesuffix("-parquet")]
    start, before = time.perf_counter(), os.times()
    answer = function(path)
    seconds, after = time.perf_counter() - start, os.times()
    busy = after.user + after.system - before.user - before.system
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "busy": busy, "peak_mib": peak, "answer": answer}))


def as_parquet(path: Path) -> None:
    import duckdb
    from kaigo_subsidy.bulk import COLUMNS

    types = ", ".join(f"'{name}': '{COLUMNS[name].sql}'" for name in HEADER)
    target = path.with_name("from.parquet")
    duckdb.connect(":memory:").execute(
        f"COPY (SELECT * FROM read_csv('{path}', header=true, columns={{{types}}}, auto_detect=false))"
        f" TO '{target}' (FORMAT PARQUET)"
    )


def main() -> None:
    if sys.argv[1:3] == ["--run", "as-parquet"]:
        as_parquet(Path(sys.argv[3]))
        return
    if sys.argv[1:2] == ["--run"]:
        run_one(sys.argv[2], Path(sys.argv[3]))
        return
    offices = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    print(f"one assessment: {one_assessment():.0f} µs (median of 2,000)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "offices.csv"
        make_file(path, offices)
        other = path.with_name("from.parquet")
        subprocess.run(
            [sys.executable, __file__, "--run", "as-parquet", str(path)], check=True
        )  # its memory is its own
        print(f"{offices:,} offices, {path.stat().st_size / 1e6:.1f} MB of CSV")
        turns = [(n, path) for n in ("scan", "scan-typed", "keep", "bulk")]
        turns += [(n, other) for n in ("scan-parquet", "bulk-parquet")]
        found: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in turns}
        for _ in range(ROUNDS):
            for name, file in turns:
                found[name].append(measured(name, file))
        found["loop"] = [measured("loop", path)]
        show(found)
        compared, different = compare(path)
        print(f"offices compared between bulk and loop: {compared:,}; different: {different}")


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    """The best of all turns, each against the scan of the same form."""
    best = {name: min(runs, key=lambda run: run["seconds"]) for name, runs in found.items()}
    busy = {name: min(run["busy"] for run in runs) for name, runs in found.items()}
    for name, run in best.items():
        limit = "scan-parquet" if name.endswith("-parquet") else "scan"
        print(
            f"{name:12} {run['seconds']:8.2f} s {run['seconds'] / best[limit]['seconds']:7.1f} x the scan,"
            f" processor {busy[name]:6.2f} s {busy[name] / busy[limit]:7.1f} x,"
            f" peak {run['peak_mib']:5.0f} MiB"
        )


if __name__ == "__main__":
    main()
