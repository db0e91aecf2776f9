"""The page in a real browser: every page in both languages, accessible; a job from the form to the papers."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile

import pytest
from browser_kit import LANGUAGES, opened, signed_in, violations, whole
from web_kit import OFFICE, Stage2, plugin, served, until, write_certificate

pytestmark = pytest.mark.browser

WIDTHS = (1280, 768, 380)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_is_accessible_fits_its_width_and_speaks_one_language(
    tmp_path, chromium, language, width
):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        paths = [
            "/", "/claims", "/new", f"/setups/{setup_id}", f"/setups/{setup_id}/claim",
            f"/setups/{setup_id}/print",
            "/certificates", "/readers", "/careplan", f"/diagnostics?setup={setup_id}", "/plugins",
            "/settings", "/help", "/help/KIT_BADLY", "/api", "/nowhere",
        ]  # fmt: skip
        async with signed_in(chromium, client, language, width) as page:
            found = {}
            for path in paths:
                answer = await page.goto(client.service.address + path)
                assert answer.status == (404 if path == "/nowhere" else 200), path
                assert await page.locator("html").get_attribute("lang") == language
                wide = await page.evaluate("document.documentElement.scrollWidth")
                found[path] = [*await violations(page), *([wide] if wide > width else [])]
            assert {path: what for path, what in found.items() if what} == {}
            said = "新しいセットアップ" if language == "ja" else "New Setup"
            await page.goto(client.service.address)
            assert await page.get_by_role("link", name=said).count() == 1


async def test_the_sign_in_page_is_accessible_and_takes_a_token(tmp_path, chromium):
    from kaigo_gateway.web.access import Role

    async with served(tmp_path, plugin(Stage2())) as client:
        context = await chromium.new_context(locale="en-US")
        page = await context.new_page()
        await page.goto(client.service.address)
        assert page.url.endswith("/login")
        assert await violations(page) == []
        await page.get_by_label("Token").fill(client.token(Role.VIEWER))
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(f"{client.service.address}/")
        assert await page.get_by_role("link", name="Settings").count() == 0
        await context.close()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_job_goes_from_the_form_to_the_papers(tmp_path, chromium, language):
    certificate = write_certificate(tmp_path)
    words = {
        "ja": ("新しいセットアップ", "申請と書類"),
        "en": ("New Setup", "Claim and papers"),
    }[language]
    stage = Stage2(asks=True)
    async with served(tmp_path, whole(stage)) as client, signed_in(chromium, client, language) as page:
        await page.get_by_role("link", name=words[0]).click()
        await page.locator("button.primary").last.click()
        wrong = page.locator("[role=alert] li")
        assert await wrong.count() >= 3  # office number, name, services, supporter: said where they are
        await page.fill("[id='office.number']", OFFICE)
        await page.fill("[id='office.name']", "見本訪問介護（架空）")
        await page.fill("[id='office.services']", "11")
        await page.fill("[id='supporter.name']", "見本サポート（架空）")
        await page.fill("[name='line-1-amount']", "８，０００")
        await page.fill("[name='line-1-incurred_on']", "2026-11-22")
        await page.set_input_files("#file", certificate["file"])
        await page.fill("#password", "Kit-Password-1")
        await page.locator("#new-setup button[value=platform]").click()  # try before saving
        await page.locator("#tried .chip.ok").first.wait_for()
        assert await violations(page) == []
        assert await page.input_value("#password") == ""
        await page.locator("#new-setup button.primary").click()
        await page.wait_for_url(re.compile(r"/setups/\d"))
        await page.locator("button[name=answer][value=yes]").click()
        await page.locator("[data-state=done]").wait_for()
        await page.get_by_role("link", name=words[1]).click()
        async with page.expect_download() as saving:
            await page.locator("a.button[download]").click()
        data = (await (await saving.value).path()).read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert any(name.endswith("kit.txt") for name in archive.namelist())


async def test_a_failing_check_is_repaired_and_run_again_beside_its_last_result(tmp_path, chromium):
    stage = Stage2(broken=True)
    async with served(tmp_path, whole(stage), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, "ja") as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            check = page.locator("[id='check-platform.line']")
            assert "異常" in await check.inner_text()
            assert "Mend the <b>line</b>." in await check.inner_text()
            stage.broken = False
            await check.get_by_role("button").click()
            await page.locator("[id='check-platform.line'].ok").wait_for()
            text = await check.inner_text()
            assert "前回：異常" in text.replace(":", "：").replace("： ", "：")


async def test_a_run_is_followed_live_without_reloading(tmp_path, chromium):
    stage = Stage2(asks=True)
    async with served(tmp_path, whole(stage), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path, "waiting")
        async with signed_in(chromium, client) as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            await page.locator("[data-by=stream]").wait_for()
            details = page.locator("[id='check-certificate.read'] details")
            await details.locator("summary").click()
            await client.post(
                f"/api/v1/setups/{setup_id}/confirmations", {"key": "kit.done", "answer": {"answer": "yes"}}
            )
            await page.locator("[data-state=done]").wait_for()
            assert await details.get_attribute("open") is not None  # what was open stays open


async def test_a_page_whose_stream_is_held_back_goes_on_by_polling(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2(asks=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path, "waiting")
        async with signed_in(chromium, client) as page:
            held = asyncio.Event()

            async def hold(route):
                await held.wait()
                await route.abort()

            await page.route("**/events", hold)
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            await page.locator("[data-by=polling]").wait_for()
            await client.post(
                f"/api/v1/setups/{setup_id}/confirmations", {"key": "kit.done", "answer": {"answer": "yes"}}
            )
            await page.locator("[data-state=done]").wait_for()
            await page.unroute_all(behavior="ignoreErrors")
            await page.goto("about:blank")
            held.set()


async def test_the_page_works_without_script(tmp_path, chromium):
    stage = Stage2(asks=True)
    async with served(tmp_path, whole(stage), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path, "waiting")
        context = await chromium.new_context(java_script_enabled=False, locale="en-US")
        page = await context.new_page()
        await page.goto(client.service.link)
        await page.locator("#go-on").click()
        await page.goto(f"{client.service.address}/setups/{setup_id}")
        async with page.expect_navigation():  # a page on its way elsewhere cannot be loaded again
            await page.get_by_role("button", name="Done", exact=True).click()
        await until(client, setup_id, "done")
        await page.reload()
        assert await page.locator("[data-state=done]").count() == 1
        await context.close()


async def test_the_text_for_an_enquiry_is_copied(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        rights = {"permissions": ["clipboard-read", "clipboard-write"]}
        async with signed_in(chromium, client, "en", **rights) as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            await page.get_by_role("button", name="Copy for an enquiry").click()
            await page.get_by_text("Copied.").wait_for()
            text = await page.evaluate("navigator.clipboard.readText()")
            assert f"Setup {setup_id} fail" in text
            assert "platform.line fail KIT_BADLY" in text
            assert OFFICE not in text
            assert "見本" not in text


async def test_the_keyboard_alone_reaches_and_starts_everything(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, "en") as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.className") == "skip-link"
            names = set()
            for _ in range(120):
                await page.keyboard.press("Tab")
                names.add(
                    await page.evaluate(
                        "document.activeElement.innerText || document.activeElement.ariaLabel"
                    )
                )
            assert {"Claim and papers", "Print view", "Run again", "Details", "KIT_BADLY"} <= names


async def test_a_check_that_was_not_run_is_seen_and_counted_as_not_done(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, "en") as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            skipped = page.locator(".check.skip")
            places = [await each.bounding_box() for each in await skipped.all()]
            assert places
            assert all(place["x"] >= 0 for place in places)
            assert f"Not done {len(places)}" in await page.locator(".counts").inner_text()


async def test_the_print_view_is_one_a4_page_with_a_readable_code(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client) as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}/print")
            assert await page.locator(".qr svg").count() == 1
            data = await page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b(?!s)", data)) == 1


async def test_what_is_read_first_weighs_little(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client) as page:
            sizes = []

            async def weigh(response):
                if "/events" not in response.url:
                    sizes.append((await response.request.sizes())["responseBodySize"])

            context = page.context
            await context.clear_cookies()
            await page.goto(client.service.link)
            await page.wait_for_url(f"{client.service.address}/")
            waits = []
            page.on("response", lambda response: waits.append(asyncio.ensure_future(weigh(response))))
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            await asyncio.gather(*waits)
            assert sum(sizes) < 60 * 1024, sizes
