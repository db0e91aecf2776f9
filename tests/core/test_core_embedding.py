"""The gateway inside somebody else's program."""

from __future__ import annotations

import ast
import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import structlog
from core_kit import Program, check, plugin_with, site
from kaigo_gateway import Gateway
from kaigo_gateway.model.results import Stage
from kaigo_gateway.settings import LedgerSettings, Settings, VaultSettings, sqlite_url
from pydantic import SecretStr

EXAMPLE = Path(__file__).parents[2] / "examples" / "embed_in_asyncio.py"


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the examples are not part of the wheel")
def test_the_example_runs_a_whole_setup_inside_a_foreign_program(tmp_path):
    program = Program(tmp_path)
    done = subprocess.run(
        [sys.executable, EXAMPLE], capture_output=True, text=True, timeout=120, check=False,
        env=program.environment(), cwd=tmp_path, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "sealed: True" in done.stdout
    assert "ledger intact: True" in done.stdout
    assert "the host went on: True" in done.stdout
    assert len(ast.parse(EXAMPLE.read_text("utf-8")).body) < 20


def settings(folder) -> Settings:
    return Settings(
        vault=VaultSettings(folder=folder / "vault"),
        ledger=LedgerSettings(url=sqlite_url(folder / "ledger.db")),
    )


def gateway(folder, *plugins, **options) -> Gateway:
    return Gateway(
        settings(folder), plugins=plugins, discover_installed=False,
        passphrase=lambda: SecretStr("correct horse"), **options,
    )  # fmt: skip


async def test_the_host_keeps_its_logging_signals_and_loop(tmp_path):
    before = (
        logging.getLogger().handlers[:],
        structlog.get_config(),
        signal.getsignal(signal.SIGINT),
        asyncio.get_running_loop().get_exception_handler(),
        os.environ.copy(),
    )
    async with gateway(tmp_path, plugin_with(check("reader.a"))) as opened:
        await opened.run(site())
    assert before == (
        logging.getLogger().handlers[:],
        structlog.get_config(),
        signal.getsignal(signal.SIGINT),
        asyncio.get_running_loop().get_exception_handler(),
        os.environ.copy(),
    )


async def test_two_gateways_live_side_by_side(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    async with (
        gateway(tmp_path / "one", plugin_with(check("reader.a"))) as one,
        gateway(tmp_path / "two", plugin_with(check("reader.b"))) as two,
    ):
        reports = await asyncio.gather(one.run(site()), two.run(site()))
    seen = [{each.check_id for each in report.results} for report in reports]
    assert "reader.a" in seen[0]
    assert "reader.a" not in seen[1]
    assert "reader.b" in seen[1]


async def test_closing_leaves_no_thread_of_the_ledger_behind(tmp_path):
    before = threading.active_count()
    async with gateway(tmp_path, plugin_with(check("reader.a"))) as opened:
        await opened.run(site())
    await asyncio.sleep(0.05)
    assert threading.active_count() <= before + 1  # the loop's own executor may keep one


async def test_start_and_end_hooks_of_given_plugins_are_called(tmp_path):
    told = []

    async def begin(gateway):
        told.append(("begin", type(gateway).__name__))

    def end(gateway):
        told.append(("end", type(gateway).__name__))

    async with gateway(tmp_path, plugin_with(gateway_startup=begin, gateway_shutdown=end)):
        assert told == [("begin", "Gateway")]
    assert told[-1] == ("end", "Gateway")


async def test_a_stage_is_checked_without_a_setup(tmp_path):
    other = check("platform.x", stage=Stage.PLATFORM)
    acme = plugin_with(check("reader.a", needs=("reader.b",)), check("reader.b"), other)
    async with gateway(tmp_path, acme) as opened:
        report = await opened.check(site(), Stage.READER)
        assert [each.check_id for each in report.results] == ["reader.a", "reader.b"]
        assert await opened.setups() == []


async def test_reopening_runs_dependants_and_the_plugins_problems_again(tmp_path):
    """A plugin that failed at first and was mended must not stay in error for ever."""
    broken = [True]

    def checks(site):
        if broken[0]:
            raise RuntimeError("no licence")
        return [check("reader.late")]

    acme = plugin_with(check("reader.a"), check("platform.b", stage=Stage.PLATFORM, needs=("reader.a",)))
    from core_kit import plugin

    async with gateway(tmp_path, acme, plugin("bad", gateway_checks=checks)) as opened:
        setup_id = await opened.create(site())
        await opened.advance(setup_id)
        assert (await opened.report(setup_id)).overall == "error"
        broken[0] = False
        reopened = await opened.reopen(setup_id, ["reader.a"])
        assert {"reader.a", "platform.b", "expense.records", "plugins.bad"} <= set(reopened)
        await opened.advance(setup_id)
        report = await opened.report(setup_id)
        assert "plugins.bad" not in {each.check_id for each in report.results}
        assert "reader.late" in {each.check_id for each in report.results}
        state = await opened.state(setup_id)
        assert len(state.history["reader.a"]) == 2
        assert len(state.history["plugins.bad"]) == 1


async def test_reopening_an_unknown_check_is_an_input_error(tmp_path):
    from kaigo_gateway import InputError

    async with gateway(tmp_path, plugin_with(check("reader.a"))) as opened:
        setup_id = await opened.create(site())
        with pytest.raises(InputError, match=r"reader\.x"):
            await opened.reopen(setup_id, ["reader.x"])


async def test_watching_ends_with_the_setup(tmp_path):
    async with gateway(tmp_path, plugin_with(check("reader.a"))) as opened:
        setup_id = await opened.create(site())
        seen = []

        async def follow():
            seen.extend([event.kind async for event in opened.watch(setup_id)])

        watcher = asyncio.create_task(follow())
        await asyncio.sleep(0)
        await opened.advance(setup_id)
        await asyncio.wait_for(watcher, 10)
        assert seen[-1] == "finished"
        assert "ended" in seen


async def test_a_paper_that_fails_does_not_take_the_others_with_it(tmp_path):
    from kaigo_gateway.errors import CouldNotRun
    from kaigo_gateway.model.descriptors import Exporter

    def fails(view, assessment):
        raise RuntimeError("out of ink")

    good = Exporter("good", "Good", "good.txt", "text/plain", lambda view, assessment: b"good", order=200)
    bad = Exporter("bad", "Bad", "bad.txt", "text/plain", fails, order=100)
    async with gateway(
        tmp_path, plugin_with(check("reader.a"), gateway_exporters=lambda: [bad, good])
    ) as opened:
        setup_id = await opened.create(site())
        await opened.advance(setup_id)
        with pytest.raises(CouldNotRun, match="out of ink") as caught:
            await opened.export(setup_id, tmp_path / "papers")
    assert "bad" in caught.value.text("en")
    written = {path.name for path in (tmp_path / "papers").iterdir()}
    assert written == {"good.txt", "report.html", "report.json"}
