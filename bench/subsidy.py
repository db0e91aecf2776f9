"""How fast one assessment is, and 250,000 offices against two limits.

    python bench/subsidy.py [OFFICES]

Prints microseconds for one assessment; then wall time and peak memory for (a) a bare DuckDB scan and
group-by of the same file, (b) the bulk assessment, (c) the plain loop over the single function;
and whether (b) and (c) agree for every office. Each measurement runs in its own process.
"""

from __future__ import annotations

import csv
import json
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


def make_file(path: Path, offices: int) -> None:
    """A file of made-up offices with every kind of trouble in it."""
    from kaigo_subsidy.bulk import COLUMNS
    from kaigo_subsidy.rules import find_rules

    chance = random.Random(20261122)
    codes = [*find_rules("kiban-office", 2026).services, "24", "63", "A2", "99"]
    pick = chance.choice
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(offices):
            prefecture = f"{1 + number % 47:02d}"
            services = " ".join(sorted({pick(codes) for _ in range(pick((1, 1, 1, 2, 3)))}))
            supporter = pick(("T1180301018771", "T7000012050002", ""))
            reader = pick(("6500", "13000", "19500", "43500", "58000", "0", ""))
            writer.writerow((
                f"{prefecture}7{number:07d}", f"事業所{number}", prefecture, services,
                pick(("true", "false", "")),
                pick((0, 0, 0, 5000, 12345)), pick((0, 0, 0, 3000)),
                pick(("2026-11-22", "2026-06-30", "2027-03-13", "2026-05-01", "")),
                pick(("2026-06-01", "2026-05-20", "2026-03-31", "2026-04-01", "2026-12-01")),
                pick(("CIR315A", "CIR415A", "iPad", "タブレット用リーダー", "")),
                pick((1, 2, 3, 4, 7, 0, "")), reader,
                pick(("new", "new", "new", "used", "leased", "")), pick(("true", "true", "false", "")),
                pick((50000, 30001, 20000, 800, 0, "")), supporter, pick((13200, 20000, 0, "", "")),
                pick((supporter, supporter, "T7000012050002", "")), pick(("true", "false")),
            ))  # fmt: skip


def scan(path: Path) -> int:
    """The limit: read the file and group it once."""
    import duckdb

    sql = (
        "SELECT prefecture, count(*), sum(reader_amount), sum(support_amount), sum(careplan_amount)"
        f" FROM read_csv('{path}', header=true) GROUP BY 1"
    )
    return len(duckdb.connect(":memory:").execute(sql).fetchall())


def bulk(path: Path) -> int:
    """The bulk assessment with its summary, written as Parquet."""
    from kaigo_subsidy.bulk import assess_bulk
    from kaigo_subsidy.rules import find_rules

    result = assess_bulk(path, find_rules("kiban-office", 2026), TODAY)
    result.write(path.with_suffix(".parquet"))
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
            yield {name: kinds[COLUMNS[name]](text) if text else None for name, text in row.items()}


def single(row: dict[str, Any], rules: RuleSet) -> dict[str, Any]:
    from kaigo_gateway.model.results import Status
    from kaigo_subsidy import REASONS
    from kaigo_subsidy.assessing import assess
    from kaigo_subsidy.bulk import claim_of_row

    result = assess(claim_of_row(row, rules.rules, TODAY), rules)
    codes = {code for line in result.lines for code in line.reason_codes}
    codes |= {n.code for n in result.notices if REASONS[n.code].status is Status.FAIL}
    return {
        "office_number": row["office_number"],
        **{key: getattr(result, key) for key in KEYS[1:-1]},
        "verdict": str(result.verdict),
        "reasons": " ".join(sorted(codes)),
    }


def compare(path: Path) -> int:
    """How many offices differ between bulk and loop."""
    import duckdb

    found = duckdb.connect(":memory:").execute(
        f"SELECT * FROM '{path.with_suffix('.parquet')}' ORDER BY office_number"
    )
    names = [column[0] for column in found.description]
    expected = [json.loads(line) for line in path.with_suffix(".jsonl").open(encoding="utf-8")]
    expected.sort(key=lambda one: one["office_number"])
    different = 0
    for row, wanted in zip(found.fetchall(), expected, strict=True):
        got = dict(zip(names, row, strict=True))
        got["reasons"] = " ".join(sorted(got["reasons"].split()))
        different += any(got[key] != wanted[key] for key in ("office_number", *KEYS))
    return different


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


def main() -> None:
    if sys.argv[1:2] == ["--run"]:
        function = {"scan": scan, "bulk": bulk, "loop": loop}[sys.argv[2]]
        import duckdb  # noqa: F401 - importing is not what is measured
        import kaigo_subsidy.bulk  # noqa: F401

        start = time.perf_counter()
        answer = function(Path(sys.argv[3]))
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak_mib": peak, "answer": answer}))
        return
    offices = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    print(f"one assessment: {one_assessment():.0f} µs (median of 2,000)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "offices.csv"
        make_file(path, offices)
        print(f"{offices:,} offices, {path.stat().st_size / 1e6:.1f} MB of CSV")
        found: dict[str, list[dict[str, Any]]] = {"scan": [], "bulk": [], "loop": []}
        for name in (*("scan", "bulk") * 5, "loop"):
            found[name].append(measured(name, path))
        best = {name: min(runs, key=lambda run: run["seconds"]) for name, runs in found.items()}
        for name, run in best.items():
            ratio = run["seconds"] / best["scan"]["seconds"]
            print(
                f"{name:5} {run['seconds']:8.2f} s  {ratio:7.1f} x the scan  peak {run['peak_mib']:6.0f} MiB"
            )
        print(f"offices whose results differ between bulk and loop: {compare(path)}")


if __name__ == "__main__":
    main()
