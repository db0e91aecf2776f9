"""A rule file in the folder that the settings name is one of the service's programmes, with its claims."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from kaigo_gateway.claims import _desk, _reading
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.settings import GrantSettings
from kaigo_subsidy import plugin as subsidy
from web_kit import OFFICE, Stage2, plugin, served, site_document, until, write_certificate

RULES = files("kaigo_subsidy.rules") / "data" / "kiban-office-2026.yaml"
CLAIMED = {
    "programme": "city-x",
    "fiscal_year": 2026,
    "applied_on": "2026-11-28",
    "office": {"number": OFFICE, "services": ["11"]},
    "expenses": [
        {
            "kind": "connection_support",
            "item": "web_service_setup",
            "amount": 69500,
            "incurred_on": "2026-06-01",
        }
    ],
}


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch):
    for room in (_desk, _reading):
        monkeypatch.setattr(room, "today", lambda: date(2026, 11, 28))


@pytest.fixture
def dropped(tmp_path):
    """The settings' part that names a folder with one rule file of a city."""
    text = RULES.read_text(encoding="utf-8").replace("programme: kiban-office", "programme: city-x")
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "city.yaml").write_text(text.replace("value: 64000", "value: 70000"), encoding="utf-8")
    return GrantSettings(rules_folder=Path("rules"))


async def test_rest_assesses_claims_of_the_programme_and_keeps_them(tmp_path, dropped):
    async with served(tmp_path, subsidy, grant=dropped) as client:
        known = {item["id"] for item in (await client.get("/api/v1/programmes"))["items"]}
        assert known == {"kiban-office", "kiban-medical", "city-x"}
        _, _, found = await client.post("/api/v1/assessments", CLAIMED)
        assert (found["cap"], found["grant"]) == (70000, 69000)
        _, _, found = await client.post("/api/v1/plugins/subsidy/assessments", {"claim": CLAIMED})
        assert found["grant"] == 69000
        new = {"programme": "city-x", "fiscal_year": 2026, "office_number": OFFICE}
        status, _, body = await client.post("/api/v1/claims", new)
        assert (status, body["id"]) == (201, f"city-x-2026-{OFFICE}")


def support(setup):
    """One expense of a Setup."""
    line = {**CLAIMED["expenses"][0], "key": "kit.1", "proof": ("platform.line",)}
    return [ExpenseLine.model_validate(line)]


async def test_a_setup_of_the_programme_is_assessed_and_its_claim_opened(tmp_path, dropped):
    given = plugin(Stage2(), gateway_expenses=support)
    async with served(tmp_path, subsidy, given, files=(tmp_path,), grant=dropped) as client:
        document = {**site_document(certificate=write_certificate(tmp_path)), "programme": "city-x"}
        _, _, body = await client.post("/api/v1/setups", document)
        await until(client, body["id"], "done")
        found = await client.get(f"/api/v1/setups/{body['id']}/assessment")
        assert (found["programme"], found["cap"]) == ("city-x", 70000)
        assert (await client.gateway.view(body["id"])).rules_folder == tmp_path / "rules"  # for its papers
        status, _, opened = await client.post("/api/v1/claims", {"setup_id": body["id"]})
        assert (status, opened["programme"]) == (201, "city-x")


async def test_without_the_setting_the_programme_is_unknown_and_the_known_ones_are_named(tmp_path):
    async with served(tmp_path, subsidy) as client:
        new = {"programme": "city-x", "fiscal_year": 2026, "office_number": OFFICE}
        status, _, body = await client.post("/api/v1/claims", new)
        assert status == 422
        assert "kiban-office/2026" in str(body)
