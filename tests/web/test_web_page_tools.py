"""Every page against the whole sandbox, and the tools by themselves: certificates, readers, files, help."""

from __future__ import annotations

import io
import re
import shutil
import zipfile

import pytest
from browser_kit import LANGUAGES, signed_in, violations
from kaigo_gateway.sandbox.demo import carry_out
from test_web_sandbox import sandboxed, write_sample
from web_kit import OFFICE, write_certificate

pytestmark = pytest.mark.browser

ENGLISH = re.compile(r"[a-z]{2,}(?: [a-z]{2,}){3,}")
"""Four plain words in a row: no name, no code."""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_a_whole_job_fits_every_width_and_speaks_the_readers_language(
    tmp_path, chromium, language
):
    async with sandboxed(tmp_path) as (client, sandbox):
        setup_id = await client.gateway.create(sandbox.site)
        await carry_out(client.gateway, setup_id)
        waiting = await client.gateway.create(sandbox.site)
        await client.gateway.advance(waiting)
        paths = [
            "/", "/new", f"/setups/{setup_id}", f"/setups/{waiting}", f"/setups/{setup_id}/claim",
            f"/setups/{setup_id}/print", "/certificates", "/readers", "/careplan",
            f"/diagnostics?setup={setup_id}", "/plugins", "/settings", "/help",
            "/help/TLS_CLIENT_CERT_REJECTED",
        ]  # fmt: skip
        async with signed_in(chromium, client, language) as page:
            found = {}
            for path in paths:
                await page.goto(client.service.address + path)
                what = await violations(page)
                for width in (1280, 768, 380):
                    await page.set_viewport_size({"width": width, "height": 900})
                    wide = await page.evaluate("document.documentElement.scrollWidth")
                    what += [wide] if wide > width else []
                if language == "ja":
                    await page.evaluate("document.querySelectorAll('pre, code').forEach(e => e.remove())")
                    what += ENGLISH.findall(await page.locator("body").inner_text())
                found[path] = what
            assert {path: what for path, what in found.items() if what} == {}


async def test_a_certificate_is_kept_put_into_the_browsers_store_and_entered_into_the_calendar(
    tmp_path, chromium, monkeypatch
):
    if shutil.which("certutil") is None:
        pytest.skip("certutil is not installed")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    certificate = write_certificate(tmp_path)
    async with sandboxed(tmp_path / "service") as (client, _), signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/certificates")
        await page.set_input_files("#file", certificate["file"])
        await page.fill("#password", "Wrong-Password-1")
        await page.fill("#office_number", OFFICE)
        await page.get_by_role("button", name="Judge only").click()
        await page.locator("#answer .chip.fail").first.wait_for()  # judged at once, with what to do
        assert await page.locator("#answer .remedy").count() == 1
        assert await violations(page) == []
        await page.set_input_files("#file", certificate["file"])
        await page.fill("#password", "Kit-Password-1")
        await page.fill("#office_number", OFFICE)
        await page.select_option("#store", "nss")
        await page.get_by_role("button", name="Judge and keep").click()
        await page.get_by_role("heading", name="Kept in the vault.").wait_for()
        assert await page.locator("#answer .check.ok", has_text="nss").count() == 1
        assert await page.get_by_text("days left").count() >= 1
        row = page.locator("table.list tbody tr")
        await row.get_by_text("Install", exact=True).click()
        await row.get_by_role("button", name="NSS database").click()  # once more does no harm
        await page.get_by_role("heading", name="Installing into the store").wait_for()
        assert await page.locator("#answer .check.fail").count() == 0
        async with page.expect_download() as saving:
            await page.get_by_role("link", name="Last days for the calendar").click()
        days = (await (await saving.value).path()).read_text()
        assert days.startswith("BEGIN:VCALENDAR")
        assert f"Certificate of office {OFFICE} ends" in days.replace("\r\n ", "")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_dropped_files_are_judged_in_place_by_file_and_row_and_mended_next(
    tmp_path, chromium, language
):
    write_sample(tmp_path / "sending")
    plan = next(each for each in sorted((tmp_path / "sending").rglob("*.CSV")) if each.stat().st_size)
    wrong = tmp_path / plan.name
    wrong.write_bytes(plan.read_bytes().decode("cp932").encode("utf-8"))  # a usual export mistake
    async with sandboxed(tmp_path / "service") as (client, _), signed_in(chromium, client, language) as page:
        await page.goto(f"{client.service.address}/careplan")
        assert await page.locator("#validator option").count() == 3
        await page.set_input_files("#files", wrong)
        await page.locator("button[value=check]").click()
        await page.locator("#answer h2 .chip.fail").wait_for()
        codes = await page.locator("#answer td code").all_inner_texts()
        assert "ENCODING_UTF8" in codes
        assert await violations(page) == []
        async with page.expect_download() as saving:  # the file is still chosen
            await page.locator("button[value=mend]").click()
        data = (await (await saving.value).path()).read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.read(plan.name) == plan.read_bytes()
            assert b"ENCODING_UTF8" in archive.read("changes.jsonl")
        assert not any(path.is_file() for path in (tmp_path / "service/web/uploads").rglob("*"))


async def test_help_is_found_by_words_of_meaning_and_remedy_in_any_width(tmp_path, chromium):
    async with sandboxed(tmp_path) as (client, _), signed_in(chromium, client, "ja") as page:
        await page.goto(f"{client.service.address}/help?q=ｔｌｓ 証明書 拒否")
        codes = await page.locator("table code").all_inner_texts()
        assert "TLS_CLIENT_CERT_REJECTED" in codes
        assert len(codes) < 10
        await page.goto(f"{client.service.address}/help?q=nosuchword")
        assert await page.locator(".empty").count() == 1
        assert await violations(page) == []


async def test_the_readers_of_this_terminal_are_exercised_without_a_setup(tmp_path, chromium):
    async with sandboxed(tmp_path) as (client, _), signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/readers")
        await page.get_by_role("button", name="Exercise now").click()
        await page.locator("#result .check").first.wait_for()
        assert await violations(page) == []
        assert await client.get("/api/v1/setups") == {"items": [], "next": None}


async def test_readers_and_endpoints_are_tried_before_anything_is_saved_and_trouble_names_who_acts(
    tmp_path, chromium
):
    async with sandboxed(tmp_path) as (client, _), signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/new")
        await page.fill("[id='office.number']", OFFICE)
        await page.fill("[id='office.name']", "見本訪問介護（架空）")
        await page.locator("#service-11").check()
        await page.fill("[id='supporter.name']", "見本サポート（架空）")
        await page.fill("[id='platform.url']", "https://localhost:9/")
        await page.locator("#new-setup button[value=reader]").click()
        await page.locator("#tried .check").first.wait_for()
        await page.locator("#new-setup button[value=platform]").click()
        await page.locator("#tried .chip.fail").first.wait_for()
        tried = await page.locator("#tried").inner_text()
        assert "Who acts: the network manager" in tried
        assert "Nothing of this was recorded." in tried
        assert await violations(page) == []
        assert await page.locator("#service-11").is_checked()  # what was entered stays
        assert (await client.get("/api/v1/setups"))["items"] == []
