"""The life of a claim in a real browser: without script, in both languages, accessible, refusals in place."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date

import pytest
from kaigo_gateway.claims import _desk, _reading
from kaigo_gateway.web.pages import _claim_life
from kaigo_subsidy import plugin as subsidy
from test_web_browser import signed_in, violations
from web_kit import OFFICE, Stage2, plugin, served, site_document, until, write_certificate

pytestmark = pytest.mark.browser
TODAY = date(2026, 11, 28)
PAPERS = ("bankbook", "service_evidence", "receipt", "menu_screen")


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch):
    for room in (_desk, _reading, _claim_life):
        monkeypatch.setattr(room, "today", lambda: TODAY)


@asynccontextmanager
async def without_script(chromium, client, language):
    locale = {"ja": "ja-JP", "en": "en-US"}[language]
    context = await chromium.new_context(locale=locale, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(client.service.link)
    await page.click("#go-on")
    try:
        yield page
    finally:
        await context.close()


async def setup_of(client, folder):
    document = site_document(certificate=write_certificate(folder))
    _, _, body = await client.post("/api/v1/setups", document)
    await until(client, body["id"], "done")
    return body["id"]


async def attach(page):
    for code in PAPERS:
        picture = {"name": f"{code}.jpg", "mimeType": "image/jpeg"}
        data = b"\xff\xd8\xff\xe0" + code.encode() + b"\xff\xd9"
        await page.set_input_files(f"#attach-{code}", {**picture, "buffer": data})


async def enter(page, state, **values):
    form = page.locator(f"details:has(input[value='{state}'])")
    if await form.get_attribute("open") is None:
        await form.locator("summary").click()
    for name, text in values.items():
        await form.locator(f"[name={name}]").fill(text)
    await form.locator("button").click()


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_claim_is_opened_looked_at_and_moved_without_script(tmp_path, chromium, language):
    async with served(tmp_path, plugin(Stage2()), subsidy, files=(tmp_path,)) as client:
        setup_id = await setup_of(client, tmp_path)
        async with without_script(chromium, client, language) as page:
            address = f"{client.service.address}/setups/{setup_id}/claim"
            await page.goto(address)
            await page.click("#life button")
            await page.wait_for_selector("#life .history")
            await enter(page, "ready")
            refused = await page.locator("#life [role=alert]").inner_text()
            assert {"ja": "事前点検", "en": "pre-check"}[language] in refused
            await attach(page)
            await page.click("#precheck button")
            assert await page.locator("#precheck .check.warn").count() == 2
            await enter(page, "ready", override="目で確認 / by eye")
            await enter(page, "submitted", evidence="R8-0001", by="山田")
            await enter(page, "returned", evidence="型番")
            await enter(page, "submitted", evidence="R8-0002")
            assert await page.locator("#life [role=alert]").count() == 1
            field = page.locator("details:has(input[value='submitted']) [name=evidence]")
            assert await field.input_value() == "R8-0002"
            await enter(page, "submitted", override="ok")
            await enter(page, "decided", evidence="N-1", amount="62,000")
            history = await page.locator("#life .history").inner_text()
            assert "62,000" in history
            assert "山田" in history
        case = await client.gateway.claims.case(f"kiban-office-2026-{OFFICE}")
        assert [entry.state for entry in case.entries] == [
            "preparing", "ready", "submitted", "returned", "submitted", "decided",
        ]  # fmt: skip
        assert case.entries[1].facts["readiness"]["verdict"] == "ineligible"


@pytest.mark.parametrize("width", [1200, 380])
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_pages_of_claims_are_accessible_and_do_not_run_over_the_edge(
    tmp_path, chromium, language, width
):
    async with served(tmp_path, plugin(Stage2()), subsidy, files=(tmp_path,)) as client:
        setup_id = await setup_of(client, tmp_path)
        await client.post("/api/v1/claims", {"setup_id": setup_id})
        await client.post(
            "/api/v1/claims",
            {"programme": "kiban-office", "fiscal_year": 2026, "office_number": "1370000002"},
        )
        async with signed_in(chromium, client, language, width) as page:
            for path in (
                "/claims", "/claims/kiban-office-2026-1370000002", f"/setups/{setup_id}/claim",
            ):  # fmt: skip
                await page.goto(client.service.address + path)
                assert await violations(page) == []
                wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert await page.evaluate(wide) <= 0
                await page.screenshot(
                    path=f"{tmp_path}/{path.split('/')[-1]}-{language}-{width}.png", full_page=True
                )
            await attach(page)
            await page.click("#precheck button")
            assert await violations(page) == []
            await page.screenshot(path=f"{tmp_path}/looked-{language}-{width}.png", full_page=True)


async def test_a_claim_without_a_setup_takes_its_claim_file_and_an_old_page_changes_nothing(
    tmp_path, chromium
):
    async with served(tmp_path, subsidy) as client, signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/claims")
        await page.fill("#office_number", "13")
        await page.click("main button.primary")
        assert "ten characters" in await page.locator("[role=alert]").inner_text()
        await page.fill("#office_number", OFFICE)
        await page.click("main button.primary")
        await page.wait_for_selector("#life .history")
        claim = (
            'programme = "kiban-office"\nfiscal_year = 2026\napplied_on = 2026-11-20\n'
            f'[office]\nnumber = "{OFFICE}"\nservices = ["11"]\n'
            '[[expenses]]\nkind = "connection_support"\nitem = "web_service_setup"\namount = 30000\n'
            "incurred_on = 2026-06-01\n"
        )
        for text, told in (("x = [", "JSON"), (claim, "")):
            file = {"name": "claim.toml", "mimeType": "text/plain", "buffer": text.encode()}
            await page.set_input_files("#claim_file", file)
            await attach(page)
            await page.click("#precheck button")
            if told:
                assert told in await page.locator("#precheck [role=alert]").inner_text()
        other = await page.context.new_page()
        await other.goto(f"{client.service.address}/claims/kiban-office-2026-{OFFICE}")
        await enter(page, "ready")
        await page.wait_for_selector("#life .history tr:nth-child(2)")
        assert (await client.gateway.claims.case(f"kiban-office-2026-{OFFICE}")).state == "ready"
        await enter(other, "ready", override="late")
        assert "somebody else" in await other.locator("#life [role=alert]").inner_text()
