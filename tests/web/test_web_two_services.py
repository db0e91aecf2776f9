"""Two services on one database: what one caller has seen decides, whichever service is asked."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from kaigo_gateway.settings import LedgerSettings
from kaigo_subsidy import plugin as subsidy
from web_kit import OFFICE, Stage2, plugin, served, site_document, until, write_certificate

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))
CHANGED = (412, "CHANGED_MEANWHILE")


@pytest.fixture(params=BOTH)
def database(request, tmp_path):
    """The URL of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
    return request.getfixturevalue("postgresql").fresh_database()


@asynccontextmanager
async def two(folder, database, *plugins):
    """Two services over gateways of their own, with folders of their own, on one database."""
    files, shared = (folder,), LedgerSettings(url=database)
    async with (
        served(folder / "one", *plugins, files=files, ledger=shared) as one,
        served(folder / "other", *plugins, files=files, ledger=shared) as other,
    ):
        yield one, other


async def opened(client, folder):
    _, _, body = await client.post("/api/v1/setups", site_document(certificate=write_certificate(folder)))
    return f"/api/v1/setups/{body['id']}", body["id"]


async def tag_of(client, path, language="en"):
    return (await client.call("GET", f"{path}?lang={language}"))[1]["ETag"]


def told(answers):
    return sorted((status, body.get("code", "")) for status, _, body in answers)


async def asked_of_all(clients, path, document, tag):
    """The same change, sent to every service three times at once."""
    sent = [client.post(path, document, headers={"If-Match": tag}) for client in clients * 3]
    return told(await asyncio.gather(*sent))


async def test_both_services_give_one_setup_one_version(tmp_path, database):
    async with two(tmp_path, database, plugin(Stage2())) as (one, other):
        path, setup_id = await opened(one, tmp_path)
        await until(one, setup_id, "done")
        assert await tag_of(one, path) == await tag_of(other, path)
        assert await tag_of(one, path, "ja") == await tag_of(other, path, "ja")


async def test_of_rechecks_of_one_version_one_is_made_whichever_service_is_asked(tmp_path, database):
    stage = Stage2()
    async with two(tmp_path, database, plugin(stage)) as services:
        path, setup_id = await opened(services[0], tmp_path)
        await until(services[0], setup_id, "done")
        seen = await tag_of(services[0], path, "ja")
        asked = {"checks": ["platform.line"]}
        answers = await asked_of_all(services, f"{path}/rechecks", asked, seen)
        assert answers == [(202, ""), *[CHANGED] * 5]
        await until(services[1], setup_id, "done")
        assert stage.runs["line"] == 2
        assert (await asked_of_all(services, f"{path}/rechecks", asked, seen)) == [CHANGED] * 6


async def test_of_runs_of_one_version_one_is_begun(tmp_path, database):
    async with two(tmp_path, database, plugin(Stage2())) as services:
        path, setup_id = await opened(services[0], tmp_path)
        await until(services[0], setup_id, "done")
        answers = await asked_of_all(services, f"{path}/run", None, await tag_of(services[1], path))
        assert answers == [(202, ""), *[CHANGED] * 5]
        assert (await services[0].post(f"{path}/run", headers={"If-Match": "*"}))[0] == 202


async def test_of_answers_to_one_version_one_is_entered_and_the_other_is_told(tmp_path, database):
    async with two(tmp_path, database, plugin(Stage2(asks=True))) as services:
        path, setup_id = await opened(services[0], tmp_path)
        await until(services[0], setup_id, "waiting")
        seen = {"If-Match": await tag_of(services[0], path)}
        yes, no = ({"key": "kit.done", "answer": {"answer": word}} for word in ("yes", "no"))
        sent = [client.post(f"{path}/confirmations", given, headers=seen)
                for client, given in zip(services, (yes, no), strict=True)]  # fmt: skip
        assert told(await asyncio.gather(*sent)) == [(202, ""), CHANGED]
        await until(services[0], setup_id, "done")


async def test_of_moves_of_one_claim_one_is_entered(tmp_path, database):
    async with two(tmp_path, database, subsidy) as services:
        new = {"programme": "kiban-office", "fiscal_year": 2026, "office_number": OFFICE}
        _, _, body = await services[0].post("/api/v1/claims", new)
        path = f"/api/v1/claims/{body['id']}"
        move = {"state": "ready", "override": "by eye"}
        answers = await asked_of_all(services, f"{path}/moves", move, await tag_of(services[1], path, "ja"))
        assert answers == [(201, ""), *[CHANGED] * 5]
        assert len((await services[1].get(path))["history"]) == 2
