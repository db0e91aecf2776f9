"""Claims over REST and on the page: opened once, moved on with evidence, refused with a reason."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import date

import pytest
from aiohttp import FormData
from kaigo_gateway.claims import _desk, _reading
from kaigo_gateway.web.access import Role
from kaigo_subsidy import plugin as subsidy
from web_kit import OFFICE, Stage2, plugin, served, site_document, until, write_certificate

TODAY = date(2026, 11, 28)
CLAIM = f"kiban-office-2026-{OFFICE}"
JPEG = b"\xff\xd8\xff\xe0%s\xff\xd9"
PAPERS = ("bankbook", "service_evidence", "receipt", "menu_screen")
NEW = {"programme": "kiban-office", "fiscal_year": 2026, "office_number": OFFICE}
CLAIMED = {
    "programme": "kiban-office",
    "fiscal_year": 2026,
    "applied_on": "2026-11-28",
    "office": {"number": OFFICE, "services": ["11"]},
    "expenses": [
        {
            "kind": "connection_support",
            "item": "web_service_setup",
            "amount": 30000,
            "incurred_on": "2026-06-01",
        }
    ],
}


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch):
    for room in (_desk, _reading):
        monkeypatch.setattr(room, "today", lambda: TODAY)


def papers(**fields):
    form = FormData(default_to_multipart=True)
    for name, text in fields.items():
        form.add_field(name, text)
    for code in PAPERS:
        form.add_field(code, JPEG % code.encode(), filename=f"{code}.jpg", content_type="image/jpeg")
    return form


async def moved(client, state, claim=CLAIM, **more):
    status, headers, body = await client.post(f"/api/v1/claims/{claim}/moves", {"state": state, **more})
    return status, headers, body


async def test_a_claim_lives_over_rest_from_opening_to_close(tmp_path):
    async with served(tmp_path, subsidy) as client:
        status, headers, body = await client.post("/api/v1/claims", NEW)
        assert (status, headers["Location"]) == (201, f"/api/v1/claims/{CLAIM}")
        assert [move["state"] for move in body["moves"]] == ["ready"]
        _, _, found = await client.call(
            "POST", "/api/v1/prechecks", role=Role.SUPPORTER, data=papers(claim=json.dumps(CLAIMED))
        )
        assert (found["overall"], found["assessment"]["grant"]) == ("warn", 30000)
        proof = {"name": "screen.png", "size": 4, "sha256": hashlib.sha256(b"seen").hexdigest()}
        for state, more in {
            "ready": {"precheck": found["id"]},
            "submitted": {"evidence": "R-1", "file": proof},
            "decided": {"evidence": "notice 1", "amount": 30000},
            "paid": {"evidence": "bank book 3", "amount": 30000},
            "tax-reported": {"evidence": "T-1", "amount": 0},
            "closed": {},
        }.items():
            status, _, body = await moved(client, state, **more)
            assert (status, body["state"]) == (201, state), body
        assert body["moves"] == []
        recorded = body["history"]
        assert recorded[1]["facts"]["readiness"]["precheck"] == "warn"
        assert recorded[2]["file"] == proof
        assert {each["by"] for each in recorded} == {"administrator"}
        assert (await client.get("/api/v1/ledger/verification"))["entries"] == 7


async def test_a_refused_move_says_why_and_enters_nothing(tmp_path):
    async with served(tmp_path, subsidy) as client:
        await client.post("/api/v1/claims", NEW)
        for asked, code, told in (
            ({"state": "paid"}, "MOVE_REFUSED", "it can become: ready"),
            ({"state": "ready"}, "MOVE_REFUSED", "pre-check"),
            ({"state": "ready", "precheck": "0" * 32}, "PRECHECK_UNKNOWN", ""),
            ({"state": "ready", "override": "x", "on": "2026-11-29"}, "INPUT_ERROR", "not come yet"),
            ({"state": "ready", "override": "x", "amount": -1}, "NOT_VALID", ""),
            ({"state": "ready", "facts": {"readiness": {}}}, "NOT_VALID", ""),
        ):
            status, _, body = await client.post(f"/api/v1/claims/{CLAIM}/moves", asked)
            assert (status >= 400, body["code"]) == (True, code), body
            assert told in body["detail"]
        assert len((await client.get(f"/api/v1/claims/{CLAIM}"))["history"]) == 1


async def test_an_office_number_is_opened_once_and_unknown_claims_are_named(tmp_path):
    async with served(tmp_path, subsidy) as client:
        answers = await asyncio.gather(*(client.post("/api/v1/claims", NEW) for _ in range(5)))
        assert sorted(status for status, _, _ in answers) == [201, 409, 409, 409, 409]
        assert {body["code"] for status, _, body in answers if status == 409} == {"CLAIM_TAKEN"}
        status, _, body = await moved(client, "ready", claim="nope")
        assert (status, body["code"]) == (404, "CLAIM_UNKNOWN")
        for wrong in ({}, {**NEW, "setup_id": "x"}, {"programme": "kiban-office"}):
            status, _, body = await client.post("/api/v1/claims", wrong)
            assert (status, body["code"]) == (422, "NOT_VALID")
        status, _, body = await client.post("/api/v1/claims", {**NEW, "fiscal_year": 2031})
        assert (status, body["code"]) == (422, "INPUT_ERROR")


async def test_who_saw_an_older_state_does_not_overwrite_a_newer_one(tmp_path):
    async with served(tmp_path, subsidy) as client:
        await client.post("/api/v1/claims", NEW)
        path = f"/api/v1/claims/{CLAIM}"
        _, headers, _ = await client.call("GET", path)
        seen = {"If-Match": headers["ETag"]}
        _, head_ja, _ = await client.call("GET", f"{path}?lang=ja")
        assert head_ja["ETag"] != headers["ETag"]
        status, _, _ = await client.call("GET", path, headers={"If-None-Match": headers["ETag"]})
        assert status == 304
        body = {"state": "ready", "override": "by eye"}
        status, _, _ = await client.post(f"{path}/moves", body, headers=seen)
        assert status == 201
        status, _, answer = await client.post(f"{path}/moves", {"state": "preparing"}, headers=seen)
        assert (status, answer["code"]) == (412, "CHANGED_MEANWHILE")
        assert (await client.get(path))["state"] == "ready"


async def test_the_same_key_enters_a_move_once(tmp_path):
    async with served(tmp_path, subsidy) as client:
        await client.post("/api/v1/claims", NEW)
        key = {"Idempotency-Key": "visit-1"}
        body = {"state": "ready", "override": "by eye"}
        answers = [await client.post(f"/api/v1/claims/{CLAIM}/moves", body, headers=key) for _ in range(2)]
        assert [status for status, _, _ in answers] == [201, 201]
        assert answers[0][2] == answers[1][2]
        assert len((await client.get(f"/api/v1/claims/{CLAIM}"))["history"]) == 2


async def test_claims_are_listed_page_by_page_and_narrowed(tmp_path):
    async with served(tmp_path, subsidy) as client:
        for number in range(5):
            await client.post("/api/v1/claims", {**NEW, "office_number": f"137000000{number}"})
        await moved(client, "ready", claim="kiban-office-2026-1370000003", override="x")
        page = await client.get("/api/v1/claims?limit=2")
        ids = [each["id"] for each in page["items"]]
        while page["next"]:
            page = await client.get(page["next"])
            ids += [each["id"] for each in page["items"]]
        assert ids == [f"kiban-office-2026-137000000{number}" for number in range(5)]
        ready = await client.get("/api/v1/claims?state=ready")
        assert [each["office_number"] for each in ready["items"]] == ["1370000003"]


async def test_the_days_of_a_kept_claim_are_a_calendar(tmp_path):
    async with served(tmp_path, subsidy) as client:
        await client.post("/api/v1/claims", NEW)
        path = f"/api/v1/plugins/subsidy/claims/{CLAIM}/calendar"
        status, headers, body = await client.call("GET", path)
        assert (status, headers.getone("Content-Type")) == (200, "text/calendar")
        assert b"DTSTART;VALUE=DATE:20270312" in body
        status, _, body = await client.call("GET", path.replace("2026", "2031"))
        assert (status, body["code"]) == (404, "CLAIM_UNKNOWN")


async def test_only_supporters_may_move_a_claim(tmp_path):
    async with served(tmp_path, subsidy) as client:
        status, _, body = await client.post("/api/v1/claims", NEW, role=Role.VIEWER)
        assert (status, body["code"]) == (403, "ROLE_TOO_LOW")


async def test_the_pre_check_keeps_no_file_and_needs_to_know_what_is_claimed(tmp_path):
    async with served(tmp_path, subsidy) as client:
        status, _, body = await client.call("POST", "/api/v1/prechecks", role=Role.SUPPORTER, data=papers())
        assert (status, body["code"]) == (422, "CLAIM_NEEDED")
        form = papers(claim=json.dumps(CLAIMED))
        form.add_field("photo", b"x", filename="x.jpg")
        status, _, body = await client.call("POST", "/api/v1/prechecks", role=Role.SUPPORTER, data=form)
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        status, _, body = await client.call(
            "POST", "/api/v1/prechecks", role=Role.SUPPORTER, data=papers(claim=json.dumps(CLAIMED))
        )
        assert status == 200
        left = [each for each in tmp_path.rglob("*") if each.suffix == ".jpg"]
        assert left == []


async def test_a_pre_check_of_one_office_is_of_no_use_for_another(tmp_path):
    async with served(tmp_path, subsidy) as client:
        await client.post("/api/v1/claims", {**NEW, "office_number": "1370000002"})
        _, _, found = await client.call(
            "POST", "/api/v1/prechecks", role=Role.SUPPORTER, data=papers(claim=json.dumps(CLAIMED))
        )
        status, _, body = await moved(
            client, "ready", claim="kiban-office-2026-1370000002", precheck=found["id"]
        )
        assert (status, body["code"]) == (422, "PRECHECK_UNKNOWN")


async def test_a_claim_opened_from_a_setup_is_bound_to_it(tmp_path):
    async with served(tmp_path, plugin(Stage2()), subsidy, files=(tmp_path,)) as client:
        document = site_document(certificate=write_certificate(tmp_path))
        _, _, setup = await client.post("/api/v1/setups", document)
        await until(client, setup["id"], "done")
        status, _, body = await client.post("/api/v1/claims", {"setup_id": setup["id"]})
        assert (status, body["setup_id"], body["office_number"]) == (201, setup["id"], OFFICE)
        status, _, found = await client.call(
            "POST", "/api/v1/prechecks", role=Role.SUPPORTER, data=papers(claim_id=body["id"])
        )
        assert status == 200
        status, _, refused = await moved(client, "ready", claim=body["id"], precheck=found["id"])
        assert (status, refused["code"]) == (409, "MOVE_REFUSED")
        assert "nothing would be granted" in refused["detail"]
