"""The form of a new Setup in a real browser: judged in place, services by name, an estimate, a draft."""

from __future__ import annotations

import re

import pytest
from browser_kit import LANGUAGES, signed_in, violations, whole
from kaigo_subsidy import plugin as subsidy
from web_kit import OFFICE, Stage2, served

pytestmark = pytest.mark.browser


def gateway(folder, **more):
    return served(folder, whole(Stage2()), subsidy, **more)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_field_says_what_is_wrong_when_it_is_left_and_stops_when_it_is_right(
    tmp_path, chromium, language
):
    said = {"ja": "10桁", "en": "Ten characters"}[language]
    async with gateway(tmp_path) as client, signed_in(chromium, client, language) as page:
        await page.goto(f"{client.service.address}/new")
        number = page.locator("[id='office.number']")
        await number.fill("12345")
        await page.keyboard.press("Tab")
        await page.locator(".field.wrong[data-field='office.number']").wait_for()
        assert said in await page.locator("[id='office.number-hint']").inner_text()
        assert await number.get_attribute("aria-invalid") == "true"
        assert await page.locator(".wrong").count() == 1  # what was not touched is not blamed
        assert await violations(page) == []
        await number.fill("１３７０００００01")  # full width, as a Japanese keyboard gives it
        await page.keyboard.press("Tab")
        await page.locator(".field.wrong[data-field='office.number']").wait_for(state="detached")
        assert await number.get_attribute("aria-invalid") is None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_services_are_chosen_by_name_and_the_estimate_follows_the_lines(tmp_path, chromium, language):
    async with gateway(tmp_path) as client, signed_in(chromium, client, language) as page:
        await page.goto(f"{client.service.address}/new")
        assert await page.locator(".ticks input").count() == 35  # 要綱 別添
        await page.fill("#find-service", "訪問入浴")
        assert await page.locator(".ticks li:visible").count() == 1
        await page.locator("#service-12").check()
        await page.fill("#find-service", "")
        await page.fill("[name='line-0-amount']", "19,500")
        await page.fill("[name='line-0-model']", "CIR315A")
        await page.locator("[name='line-0-compatible']").check()
        await page.fill("[name='line-0-incurred_on']", "2026-11-22")
        await page.keyboard.press("Tab")
        await page.locator("#sums .main").wait_for()
        sums = await page.locator("#sums").inner_text()
        assert "19,500" in sums  # in all
        assert "64,000" in sums  # 要綱 別表, one service of the first category
        assert "19,000" in sums  # rounded down to 1,000 yen
        assert await violations(page) == []


async def test_a_mistake_in_a_line_is_named_by_line_and_column(tmp_path, chromium):
    async with gateway(tmp_path) as client, signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/new")
        await page.fill("[name='line-1-amount']", "eight")
        await page.locator("#new-setup button.primary").click()
        mistakes = await page.locator("[role=alert] li").all_inner_texts()
        assert "Line 2 · Amount: Whole yen, digits only." in mistakes
        assert "Line 2 · Date: The day of the work or purchase is needed." in mistakes
        assert any(each.startswith("Services:") for each in mistakes)
        assert await page.locator("#line-1-amount").get_attribute("aria-invalid") == "true"


async def test_a_draft_survives_a_reload_and_an_ended_session_and_goes_when_it_is_saved(tmp_path, chromium):
    async with gateway(tmp_path) as client, signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/new")
        await page.fill("[id='office.number']", OFFICE)
        await page.fill("[id='office.name']", "見本訪問介護（架空）")
        await page.locator("#service-11").check()
        await page.fill("[id='supporter.name']", "見本サポート（架空）")
        await page.fill("#password", "Not-To-Be-Kept-1")
        await page.reload()
        assert await page.input_value("[id='office.number']") == OFFICE
        assert await page.locator("#service-11").is_checked()
        assert await page.input_value("#password") == ""
        assert await page.locator("#draft").is_visible()

        await page.context.clear_cookies(name="kaigo_gateway_session")
        await page.locator("#new-setup button.primary").click()  # the session has ended meanwhile
        await page.wait_for_url(re.compile("/login$"))
        await page.goto(client.service.link)
        await page.wait_for_url(re.compile("/new$"))
        assert await page.input_value("[id='office.name']") == "見本訪問介護（架空）"
        await page.locator("#new-setup button.primary").click()
        await page.wait_for_url(re.compile(r"/setups/\d"))
        await page.goto(f"{client.service.address}/new")
        assert await page.input_value("[id='office.number']") == ""
        assert await page.locator("#draft").is_hidden()


async def test_the_form_works_without_script(tmp_path, chromium):
    async with gateway(tmp_path) as client:
        context = await chromium.new_context(java_script_enabled=False, locale="en-US")
        page = await context.new_page()
        await page.goto(client.service.link)
        await page.goto(f"{client.service.address}/new")
        assert await page.locator("#find-service").is_hidden()
        await page.fill("[id='office.number']", OFFICE)
        await page.fill("[id='office.name']", "見本訪問介護（架空）")
        await page.fill("[name='line-0-amount']", "19500")
        await page.locator("#new-setup button.primary").click()
        assert "Services" in await page.locator("[role=alert]").inner_text()
        await page.locator("#service-11").check()
        await page.fill("[id='supporter.name']", "見本サポート（架空）")
        await page.fill("[name='line-0-incurred_on']", "2026-11-22")
        await page.locator("#new-setup button.primary").click()
        await page.wait_for_url(re.compile(r"/setups/\d"))
        await context.close()


async def test_pressing_save_twice_opens_one_setup(tmp_path, chromium):
    async with gateway(tmp_path) as client, signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/new")
        await page.fill("[id='office.number']", OFFICE)
        await page.fill("[id='office.name']", "見本訪問介護（架空）")
        await page.locator("#service-11").check()
        await page.fill("[id='supporter.name']", "見本サポート（架空）")
        await page.locator("#new-setup button.primary").dblclick()
        await page.wait_for_url(re.compile(r"/setups/\d"))
        assert len((await client.get("/api/v1/setups"))["items"]) == 1
