"""``kill -9`` at random moments, then ``setup run --resume``: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from core_kit import OFFICE, Program, distribution
from kaigo_gateway.sandbox import DemoAuthority

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills its children with SIGKILL")

PLUGIN = """
    from kaigo_gateway.hookspecs import hookimpl

    @hookimpl
    def gateway_plugin_info():
        from kaigo_gateway.model.descriptors import PluginInfo
        from kaigo_gateway.model.reasons import Reason, ReasonBook
        from kaigo_gateway.model.results import Status
        global BOOK
        BOOK = ReasonBook("slow_plugin").add(Reason("SLOWLY_DONE", Status.OK, "Done: {name}."))
        return PluginInfo(name="slow", title="Slow", api_version=1, reasons=BOOK)

    @hookimpl
    def gateway_checks(site):
        import asyncio, os, random
        from pathlib import Path
        from kaigo_gateway.model.descriptors import Check
        from kaigo_gateway.model.results import Stage

        def make(stage, number):
            async def run(context):
                await asyncio.sleep(random.uniform(0, 0.1))
                with Path(os.environ["RUNS"]).open("a") as log:
                    log.write(f"{stage}.{number}\\n")
                return BOOK.finding("SLOWLY_DONE", seen={"name": number})

            needs = ("certificate.ready",) if number == 0 else (f"{stage}.{number - 1}",)
            return Check(f"{stage}.{number}", stage, "slow", run, needs=needs)

        Path(os.environ["RUNS"]).open("a").write("begin\\n")
        return [make(stage, n) for stage in (Stage.READER, Stage.PLATFORM, Stage.CAREPLAN) for n in range(8)]

    @hookimpl
    def gateway_expenses(setup):
        return [line.model_copy(update={"key": f"k{n}", "proof": ("reader.0",)})
                for n, line in enumerate(setup.site.expenses)]
"""
SITE = """
[office]
number = "{office}"
name = "架空事業所"
services = ["11"]
[supporter]
name = "架空ケアソフト"
[certificate]
file = "client.p12"
password = {{ "$env" = "P12_PASSWORD" }}
issuer_file = "{issuers}"
[network]
proxy = "none"
"""
LINE = """
[[expenses]]
kind = "connection_support"
item = "reader_check"
description = "work {number}"
amount = {amount}
incurred_on = 2026-11-20
"""
CHECKS = {f"{stage}.{number}" for stage in ("reader", "platform", "careplan") for number in range(8)} | {
    "certificate.read", "certificate.judge", "certificate.install", "certificate.ready", "expense.records",
}  # fmt: skip
LEFT_OUT = "--no-plugins=card_reader,platform_link,careplan_link,subsidy"


class Visit:
    """A site on disk, the program, and the runs of ``setup run`` over it."""

    def __init__(self, folder):
        self.folder = folder
        authority = DemoAuthority(folder / "authority")
        archive = authority.client_pkcs12(OFFICE, "TEST Office", b"p12-secret", with_chain=True)
        (folder / "client.p12").write_bytes(archive)
        lines = "".join(LINE.format(number=n, amount=1000 + n) for n in range(3))
        text = SITE.format(office=OFFICE, issuers=authority.chain_pem) + lines
        (folder / "site.toml").write_text(text, encoding="utf-8")
        packages = distribution(
            folder / "packages",
            "slow-plugin",
            entry_points={"slow": "slow_plugin"},
            modules={"slow_plugin": PLUGIN},
        )
        self.runs = folder / "runs.log"
        self.ledger = folder / "data" / "kaigo-gateway" / "ledger.db"
        self.program = Program(
            folder,
            {
                "PYTHONPATH": str(packages),
                "RUNS": str(self.runs),
                "P12_PASSWORD": "p12-secret",
                "VAULT": "correct horse",
                "KAIGO_GATEWAY_VAULT__PASSPHRASE": '{"$env": "VAULT"}',
            },
        )

    def start(self):
        return subprocess.Popen(
            [self.program.path, LEFT_OUT, "setup", "run", "site.toml", "--resume", "--json"],
            cwd=self.folder, env=self.program.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def begun(self) -> int:
        return self.runs.read_text().count("begin") if self.runs.exists() else 0

    def records(self):
        if not self.ledger.exists():
            return []
        with closing(sqlite3.connect(self.ledger)) as connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE name='record'").fetchall()
            query = "SELECT setup_id, seq, kind, key, hash, body FROM record ORDER BY setup_id, seq"
            return connection.execute(query).fetchall() if found else []


def kill_at_random(visit, moment: random.Random, *, inside: bool) -> None:
    """Start, wait until the work has begun (or not even that), kill at a random moment after it."""
    before = visit.begun()
    child = visit.start()
    while inside and visit.begun() == before and child.poll() is None:
        time.sleep(0.01)
    time.sleep(moment.uniform(0, 0.45 if inside else 1.2))
    child.kill()
    child.communicate()


@pytest.mark.slow
def test_a_process_killed_at_random_moments_loses_and_doubles_nothing(tmp_path):
    visit, moment = Visit(tmp_path), random.Random()
    known: list = []
    for attempt in range(14):
        kill_at_random(visit, moment, inside=attempt % 3 != 0)
        records = visit.records()
        assert records[: len(known)] == known, "a recorded result was lost or changed"
        known = records

    for _ in range(2):  # once to the end, once more over the finished Setup
        child = visit.start()
        out, err = child.communicate(timeout=120)
        assert child.returncode in {0, 1}, err.decode()
        records = visit.records()
        assert records[: len(known)] == known
        known = records

    report = json.loads(out)
    assert report["setup"]["sealed"]
    assert {result["check_id"] for result in report["results"]} == CHECKS
    assert len({record[0] for record in records}) == 1, "one Setup for one visit"
    results = [record[3] for record in records if record[2] == "check.result"]
    assert sorted(results) == sorted(f"{check_id}#1" for check_id in CHECKS)
    lines = [json.loads(record[5]) for record in records if record[2] == "expense.line"]
    assert [(each["entry"], each["line"]["amount"]) for each in lines] == [
        ("black", 1000),
        ("black", 1001),
        ("black", 1002),
    ]
    assert [record[2] for record in records].count("setup.sealed") == 1
    listed = json.loads(visit.program("cert", "list", "--json").out)
    assert str(listed).count(OFFICE) >= 1
    assert len(listed["certificates"]) == 1
    verified = visit.program("ledger", "verify", "--json")
    assert (verified.code, json.loads(verified.out)["faults"]) == (0, [])


MIGRATE = """
import asyncio, sys
from kaigo_gateway.ledger import Ledger

async def main():
    async with Ledger(sys.argv[1]) as ledger:
        print(len(await ledger.rows()), flush=True)

print("begin", flush=True)
asyncio.run(main())
"""


@pytest.mark.slow
def test_a_power_cut_during_the_first_migration_leaves_a_ledger_that_opens(tmp_path):
    moment = random.Random()
    for number in range(12):
        url = f"sqlite+aiosqlite:///{tmp_path / f'{number}.db'}"
        child = subprocess.Popen([sys.executable, "-c", MIGRATE, url], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"begin\n"
        time.sleep(moment.uniform(0.0, 0.5))
        child.kill()
        child.communicate()
        again = subprocess.run([sys.executable, "-c", MIGRATE, url], capture_output=True, check=False)
        assert (again.returncode, again.stdout) == (0, b"begin\n0\n"), again.stderr.decode()
