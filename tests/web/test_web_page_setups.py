"""Many Setups on the first page; one Setup through stopped services, ended sessions, odd displays, paper."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess

import pytest
from browser_kit import LANGUAGES, opened, signed_in, violations, whole
from kaigo_gateway.model.descriptors import Check
from kaigo_gateway.model.results import Stage
from kaigo_gateway.model.site import Site
from kaigo_gateway.web.serving import Wanted, serving
from web_kit import BOOK, Stage2, plugin, served, site_document

pytestmark = pytest.mark.browser


async def many(client, count):
    for number in range(count):
        document = site_document()
        document["office"] |= {"number": f"137{number:07}", "name": f"見本事業所 {number:03}（架空）"}
        await client.gateway.create(Site.model_validate(document))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_among_many_setups_one_is_found_by_name_number_and_look(tmp_path, chromium, language):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        await opened(client, tmp_path)  # one that failed
        await many(client, 60)
        async with signed_in(chromium, client, language) as page:
            rows, choices = page.locator("table.list tbody tr"), page.locator(".choices")
            assert await rows.count() == 20
            assert re.findall(r"\d+", await choices.inner_text()) == ["61", "1", "60", "0"]
            await page.locator("main p.buttons a").last.click()
            await page.locator("main p.buttons a").last.click()
            await page.locator("main p.buttons a").last.click()
            assert await rows.count() == 1  # the oldest
            await page.fill("#q", "見本 0000042")  # "042" alone may stand in an id that was drawn
            await page.keyboard.press("Enter")
            await page.wait_for_url(re.compile("q="))
            assert await rows.count() == 1
            assert "1370000042" in await rows.first.inner_text()
            await page.fill("#q", "見本%042")  # no wild cards
            await page.keyboard.press("Enter")
            await page.locator(".empty").wait_for()
            assert await violations(page) == []
            await page.locator(".empty a").click()
            await choices.locator("a").nth(1).click()
            assert await rows.count() == 1
            assert await page.locator(".chip.fail").count() == 1
            assert await violations(page) == []


async def test_the_first_thing_read_is_the_verdict_then_what_to_put_right_and_who_acts(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, "en") as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            verdict = (await page.locator(".verdict").inner_text()).split("\n")
            assert verdict[0] == "Trouble"
            assert "Line Who acts: the network manager" in " ".join(verdict)
            await page.locator(".todo a").first.click()
            assert page.url.endswith("#check-platform.line")
            stages = await page.locator(".steps li").all_inner_texts()
            assert any("Trouble" in each for each in stages)  # a word, not a colour alone


async def test_a_stopped_service_is_said_and_the_page_goes_on_after_signing_in_again(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2()), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        port = int(client.service.address.rpartition(":")[2])
        context = await chromium.new_context(locale="en-US")
        page = await context.new_page()
        await page.goto(client.service.link)
        await page.wait_for_url(f"{client.service.address}/")
        await page.goto(f"{client.service.address}/setups/{setup_id}")
        await page.locator("[data-by=stream]").wait_for()
        assert await page.locator("#lost").is_hidden()
        gateway = client.gateway
    await page.locator("#lost").wait_for(state="visible")
    assert "goes on by itself" in await page.locator("#lost").inner_text()
    assert await page.locator("[data-state=done]").count() == 1  # what was known stays
    async with serving(gateway, Wanted(port=port, folder=tmp_path / "web", files=(tmp_path,))) as again:
        await page.wait_for_url(re.compile("/login$"))  # sessions end with the service
        assert await page.get_by_text("you are back where you were").count() == 1
        await page.goto(again.link)
        await page.wait_for_url(re.compile(f"/setups/{setup_id}$"))
        await context.close()


async def test_an_ended_session_leads_back_by_token_too_and_never_elsewhere(tmp_path, chromium):
    from kaigo_gateway.web.access import Role

    async with served(tmp_path, plugin(Stage2())) as client:
        context = await chromium.new_context(locale="en-US")
        page = await context.new_page()
        await page.goto(f"{client.service.address}/help?q=kit")
        await page.get_by_label("Token").fill(client.token(Role.VIEWER))
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(f"{client.service.address}/help?q=kit")
        await context.clear_cookies()
        wanted = {"name": "kaigo_gateway_next", "value": "//evil.example/", "url": client.service.address}
        await context.add_cookies([wanted])
        await page.goto(client.service.link)
        await page.wait_for_url(f"{client.service.address}/")
        await context.close()


async def test_an_update_leaves_focus_and_a_half_filled_confirmation_alone(tmp_path, chromium):
    stage = Stage2(asks=True)
    async with served(tmp_path, whole(stage), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path, "waiting")
        async with signed_in(chromium, client, "en") as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            await page.locator("[data-by=stream]").wait_for()
            who = page.get_by_label("Confirmed by")
            await who.fill("Sato")
            proof = page.locator("input[name=evidence]")
            await proof.set_input_files(
                {"name": "menu.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + bytes(3_000_000)}
            )
            await who.focus()
            await client.post(f"/api/v1/setups/{setup_id}/rechecks", {"checks": ["platform.line"]})
            await page.get_by_text("Last time: In order").first.wait_for()
            assert await who.input_value() == "Sato"
            assert await page.evaluate("document.activeElement.name") == "by"
            await page.get_by_role("button", name="Done", exact=True).click()
            await page.locator("[data-state=done]").wait_for()
        answer = (await client.gateway.state(setup_id)).confirmed["kit.done"]
        assert answer["by"] == "Sato"
        assert answer["evidence"]["file"] == "menu.jpg"  # a photograph of a telephone's size
        assert answer["evidence"]["size"] == 3_000_003


async def test_without_the_clipboard_the_text_box_opens_with_everything_chosen(tmp_path, chromium):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, "en") as page:
            await page.add_init_script(
                "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
                "document.execCommand = () => false;"
            )
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            await page.get_by_role("button", name="Copy for an enquiry").click()
            await page.locator("#enquiry").wait_for(state="visible")
            chosen = await page.evaluate("(b => b.value.slice(b.selectionStart, b.selectionEnd))(enquiry)")
            assert "KIT_BADLY" in chosen
            assert await page.get_by_text("Copied.").count() == 0


@pytest.mark.parametrize(
    "display", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"color_scheme": "dark"}]
)
async def test_odd_displays_keep_words_and_borders(tmp_path, chromium, display):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, "ja", **display) as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            chip = page.locator(".check.fail .chip")
            assert "異常" in await chip.inner_text()
            assert await chip.evaluate("node => getComputedStyle(node).borderStyle") == "solid"
            assert await page.evaluate("document.getAnimations().length") == 0
            assert await violations(page) == []


def crowd(count, words):
    """A plugin with many checks that all have much to say."""
    checks = [
        Check(f"platform.many-{number}", Stage.PLATFORM, f"Check number {number}", _say(words), order=number)
        for number in range(count)
    ]
    return plugin(Stage2(), gateway_checks=lambda site: checks)


def _say(words):
    return lambda context: BOOK.finding("KIT_BADLY", seen={"what": words})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [25, 40])
async def test_many_long_results_still_print_on_one_a4_page_whose_code_reads_back(
    tmp_path, chromium, count, language
):
    async with served(tmp_path, crowd(count - 4, "長い説明が続きます。" * 20), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, language) as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}/print")
            paper = tmp_path / "paper.pdf"
            paper.write_bytes(await page.pdf(prefer_css_page_size=True))
            head = (await client.get(f"/api/v1/setups/{setup_id}"))["head_hash"]
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper.read_bytes())) == 1
    words = _read(["pdftotext", "-layout", str(paper), "-"])
    assert words.count("KIT_BADLY") == count - 4  # no code is cut off
    _read(["pdftoppm", "-r", "150", "-png", str(paper), str(tmp_path / "paper")])
    (picture,) = tmp_path.glob("paper*.png")
    read = _read(["zbarimg", "--quiet", "--raw", str(picture)]).strip()
    assert read == f"kaigo-gateway {setup_id} fail sha256:{head}"


def _read(command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


async def test_going_back_and_a_second_tab_do_no_harm(tmp_path, chromium):
    stage = Stage2(asks=True)
    async with served(tmp_path, whole(stage), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path, "waiting")
        async with signed_in(chromium, client, "en") as page:
            address = f"{client.service.address}/setups/{setup_id}"
            await page.goto(address)
            other = await page.context.new_page()
            await other.goto(address)
            await other.locator("[data-by=stream]").wait_for()
            await page.get_by_role("button", name="Done", exact=True).click()
            await page.locator("[data-state=done]").wait_for()
            await other.locator("[data-state=done]").wait_for()  # the second tab follows
            assert await other.get_by_role("button", name="Done", exact=True).count() == 0
            await page.go_back()
            await page.go_forward()
            await page.locator("[data-state=done]").wait_for()
        records = await client.gateway.ledger.events(setup_id)
        assert json.dumps(records).count('"answer": "yes"') == 1


async def test_on_a_slow_line_the_page_says_that_it_works_and_takes_one_press(tmp_path, chromium):
    stage = Stage2(broken=True)
    async with served(tmp_path, whole(stage), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client, "en") as page:
            await page.goto(f"{client.service.address}/setups/{setup_id}")
            sent, go = [], asyncio.Event()

            async def slow(route):
                sent.append(route.request.url)
                await go.wait()
                await route.continue_()

            await page.route("**/recheck", slow)
            shown = asyncio.Event()
            await page.expose_function("noticed", shown.set)
            await page.evaluate(
                """() => {
                    const button = document.querySelector("[id='check-platform.line'] .row button");
                    const pressAgain = () => { button.click(); window.noticed(); };
                    new MutationObserver(pressAgain).observe(working, { attributes: true });
                    button.click();
                }"""
            )
            await asyncio.wait_for(shown.wait(), 15)
            go.set()
            await page.get_by_text("Last time: Trouble").first.wait_for()
            assert len(sent) == 1
            assert stage.runs["line"] == 2
            assert await page.locator("#working").is_hidden()


@pytest.mark.parametrize("path", ["/", "/new", "/setups/{id}", "/certificates", "/settings"])
async def test_no_page_weighs_more_than_sixty_kilobytes(tmp_path, chromium, path):
    async with served(tmp_path, whole(Stage2(broken=True)), files=(tmp_path,)) as client:
        setup_id = await opened(client, tmp_path)
        async with signed_in(chromium, client) as page:
            network = await page.context.new_cdp_session(page)
            await network.send("Network.enable")
            await network.send("Network.setCacheDisabled", {"cacheDisabled": True})
            sizes = []
            network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
            await page.goto(client.service.address + path.format(id=setup_id))
            await page.locator("footer").wait_for()
            assert len(sizes) >= 4  # the page, two style sheets, a script
            assert sum(sizes) < 60 * 1024, sizes
