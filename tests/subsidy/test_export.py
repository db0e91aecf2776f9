"""``grant export``: papers of a Setup that stands in a ledger."""

from __future__ import annotations

import asyncio
import json

import pytest
from click.testing import CliRunner
from factories import site
from kaigo_gateway import Gateway, InputError
from kaigo_gateway.settings import load_settings
from kaigo_subsidy.cli import grant
from kaigo_subsidy.papers import exporters
from pydantic import SecretStr


@pytest.fixture
def setup_id(tmp_path, monkeypatch):
    monkeypatch.setenv("KAIGO_GATEWAY_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("KAIGO_GATEWAY_LEDGER__URL", f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}")
    monkeypatch.setenv("KAIGO_GATEWAY_VAULT__FOLDER", str(tmp_path / "vault"))
    (tmp_path / "none.toml").write_text("", encoding="utf-8")

    async def opened():
        async with Gateway(load_settings()) as gateway:
            return await gateway.create(site())

    return asyncio.run(opened())


def export(*args):
    return CliRunner().invoke(grant, ["export", *map(str, args)], catch_exceptions=False)


def test_named_papers_are_written_from_the_ledger(setup_id, tmp_path):
    out = tmp_path / "papers"
    formats = ("--format", "claim-summary", "--format", "expenses-json", "--format", "portal-sheet-pdf")
    done = export(setup_id, "--out", out, *formats, "--json")
    assert done.exit_code == 0
    written = json.loads(done.stdout)["papers"]
    assert [path.rsplit("/", 1)[-1] for path in written] == [
        "claim-summary.html",
        "expenses.json",
        "portal-sheet.pdf",
    ]
    record = json.loads((out / "expenses.json").read_text(encoding="utf-8"))
    assert (record["setup"]["id"], record["setup"]["sealed"], record["lines"]) == (setup_id, False, [])
    assert "記録はまだ封印されていません" in (out / "claim-summary.html").read_text(encoding="utf-8")


def test_all_default_papers_are_written_with_the_report(setup_id, tmp_path):
    done = export(setup_id, "--out", tmp_path / "all")
    names = {path.name for path in (tmp_path / "all").iterdir()}
    assert done.exit_code == 0
    assert {"claim-summary.html", "claim-summary.pdf", "evidence.zip", "claim.ics", "report.html"} <= names


def test_an_unknown_paper_or_setup_is_refused(setup_id, tmp_path):
    with pytest.raises(InputError, match="poster"):
        export(setup_id, "--out", tmp_path, "--format", "poster")
    with pytest.raises(InputError):
        export("20990101-NOBODY", "--out", tmp_path)


def test_the_papers_of_a_setup_that_ran_name_its_checks_by_their_titles(setup_id):
    async def ran():
        async with Gateway(
            load_settings(), without=("*",), passphrase=lambda: SecretStr("x" * 20)
        ) as gateway:
            await gateway.advance(setup_id)
            return await gateway.view(setup_id)

    setup = asyncio.run(ran())
    paper = next(one for one in exporters() if one.name == "completion-report")
    page = paper.render(setup, None).decode()
    assert setup.titles["expense.records"] == ("Expense records", "kaigo_gateway")
    assert "<td>経費記録</td>" in page
    assert '<td class="small">expense.records / ' in page
