"""The file validator begins as the site file of a Setup says: shown, changeable, over the page and REST."""

from __future__ import annotations

import io
import re

import pytest
from aiohttp import FormData
from browser_kit import LANGUAGES, signed_in, violations
from kaigo_careplan_link.files import write_sample
from kaigo_gateway.model.descriptors import FileValidator
from kaigo_gateway.model.site import Site
from web_kit import Stage2, plugin, served, site_document

CASE = "NAME_EXTENSION_CASE"
STRICT = {"profile": "strict", "rules": {CASE: "notice"}}
VALIDATORS = "/api/v1/validators"
CHECKS = "/api/v1/plugins/careplan_link/checks"


@pytest.fixture
def wrong(tmp_path):
    """A good file whose name has one mistake: an error in ``strict``, less in the other profiles."""
    folder = tmp_path / "sending"
    write_sample(folder, unit="service-1", sender="9970000106", sender_service="11", receiver="9970000205",
                 receiver_service="43", month="202701", stamp="20261225101500")  # fmt: skip
    (file,) = folder.iterdir()
    return file.rename(file.with_suffix(".csv"))


def form(file, **fields):
    made = FormData()
    for name, value in fields.items():
        made.add_field(name, value)
    made.add_field("file", io.BytesIO(file.read_bytes()), filename=file.name)
    return made


async def setup(client, name="見本訪問介護（架空）", **settings):
    """The id of a Setup whose site file has these settings of the CarePlan plugin."""
    document = site_document(plugins={"careplan_link": settings} if settings else {})
    document["office"]["name"] = name
    return await client.gateway.create(Site.model_validate(document))


def severities(document):
    found = [each for file in document["files"] for each in file["findings"]]
    return {each["code"]: each["severity"] for each in found}


async def test_the_list_says_which_validator_and_rules_a_site_file_chooses(tmp_path):
    async with served(tmp_path, installed=True) as client:
        chosen = await setup(client, **STRICT)
        silent = await setup(client)
        items = (await client.get(f"{VALIDATORS}?setup_id={chosen}"))["items"]
        assert {each["name"]: (each["chosen"], each["rules"]) for each in items} == {
            "careplan": (False, {}),
            "careplan-strict": (True, {CASE: "notice"}),
            "careplan-lenient": (False, {}),
        }
        for query, expected in {"": None, f"?setup_id={silent}": False}.items():
            items = (await client.get(VALIDATORS + query))["items"]
            assert [each["chosen"] for each in items] == [expected] * 3
        status, _, body = await client.call("GET", f"{VALIDATORS}?setup_id=none")
        assert (status, body["code"]) == (404, "SETUP_UNKNOWN")


async def test_a_validator_begins_with_the_rules_of_the_site_file_and_the_sender_has_the_last_word(
    tmp_path, wrong
):
    async with served(tmp_path, installed=True) as client:
        setup_id = await setup(client, **STRICT)

        async def judged(name="careplan-strict", **fields):
            status, _, body = await client.call("POST", f"{VALIDATORS}/{name}", data=form(wrong, **fields))
            assert status == 200, body
            return severities(body).get(CASE), body["profile"], body["rules"]

        assert await judged() == ("error", "strict", {})
        assert await judged(setup_id=setup_id) == ("notice", "strict", {CASE: "notice"})
        assert await judged(setup_id=setup_id, rules=f"{CASE}=off") == (None, "strict", {CASE: "off"})
        assert await judged("careplan", setup_id=setup_id) == ("notice", "standard", {CASE: "notice"})


async def test_the_plugin_s_own_check_takes_profile_and_rules_from_a_setup(tmp_path, wrong):
    async with served(tmp_path, installed=True) as client:
        setup_id = await setup(client, **STRICT)

        async def judged(**fields):
            _, _, body = await client.call("POST", CHECKS, data=form(wrong, **fields))
            return body["profile"], severities(body).get(CASE)

        assert await judged(setup_id=setup_id) == ("strict", "notice")
        assert await judged(setup_id=setup_id, rules=f"{CASE}=error") == ("strict", "error")
        assert (await judged(setup_id=setup_id, profile="lenient"))[0] == "lenient"
        assert (await judged())[0] == "standard"


@pytest.mark.parametrize("rules", ["NO_SUCH_RULE=off", f"{CASE}=loud", CASE, "=off"])
@pytest.mark.parametrize("place", [f"{VALIDATORS}/careplan", CHECKS])
async def test_a_rule_that_is_not_possible_is_one_sentence(rules, place, tmp_path, wrong):
    async with served(tmp_path, installed=True) as client:
        status, _, body = await client.call("POST", place, data=form(wrong, rules=rules))
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        assert rules.partition("=")[0] in body["detail"]
        assert not any(path.is_file() for path in (tmp_path / "web/uploads").rglob("*"))


@pytest.mark.parametrize("place", [f"{VALIDATORS}/careplan", CHECKS])
async def test_a_setup_that_does_not_exist_is_named_before_anything_is_judged(place, tmp_path, wrong):
    async with served(tmp_path, installed=True) as client:
        status, _, body = await client.call("POST", place, data=form(wrong, setup_id="none"))
        assert (status, body["code"]) == (404, "SETUP_UNKNOWN")


async def test_settings_that_do_not_fit_choose_nothing_and_are_named_over_rest(tmp_path, wrong):
    """Such a Setup can only be opened from Python; its own report names the settings."""
    async with served(tmp_path, installed=True) as client:
        setup_id = await setup(client, profile="loud")
        items = (await client.get(f"{VALIDATORS}?setup_id={setup_id}"))["items"]
        assert [each["chosen"] for each in items] == [False] * 3
        status, _, body = await client.call("POST", CHECKS, data=form(wrong, setup_id=setup_id))
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        assert setup_id in body["detail"]


async def test_a_validator_without_rules_of_its_own_says_so(tmp_path, wrong):
    def validate(paths):
        return {"overall": "ok", "files": [{"path": str(path), "findings": []} for path in paths]}

    kit = plugin(Stage2(), gateway_file_validators=lambda: [FileValidator("kit", "Kit's files", validate)])
    async with served(tmp_path, kit) as client:
        status, _, body = await client.call("POST", f"{VALIDATORS}/kit", data=form(wrong, rules="A=off"))
        assert (status, body["code"]) == (422, "INPUT_ERROR")
        assert "Kit's files" in body["detail"]
        page = (await client.call("GET", "/careplan"))[2].decode()
        assert 'name="rules"' not in page


def entered(page):
    """What stands in the page's form: the Setup, the validator and the rules."""
    values = [
        re.findall(r'<option value="([^"]*)" selected', page),
        re.findall(r'name="rules" value="([^"]*)"', page),
    ]
    return [*values[0], *values[1]]


async def test_the_page_begins_with_the_newest_setup_whose_site_file_says_anything(tmp_path):
    async with served(tmp_path, installed=True) as client:
        older = await setup(client, profile="lenient")
        chosen = await setup(client, **STRICT)
        silent = await setup(client)

        async def shown(query=""):
            status, _, page = await client.call("GET", f"/careplan{query}")
            return status, entered(page.decode()) if status == 200 else page["code"]

        assert await shown() == (200, [chosen, "careplan-strict", f"{CASE}=notice"])
        assert await shown(f"?setup={older}") == (200, [older, "careplan-lenient", ""])
        assert await shown(f"?setup={silent}") == (200, [silent, ""])
        assert await shown("?setup=") == (200, [""])
        assert await shown("?setup=none") == (404, "SETUP_UNKNOWN")


@pytest.mark.parametrize(("language", "sentence"), [("en", "is not possible"), ("ja", "できません")])
async def test_a_mistyped_rule_stays_in_the_form_with_its_sentence(language, sentence, tmp_path, wrong):
    async with served(tmp_path, installed=True) as client:
        sent = form(wrong, validator="careplan-strict", rules="NO_SUCH_RULE=off")
        headers = {"Accept-Language": language}
        status, _, page = await client.call("POST", "/careplan", data=sent, headers=headers)
        text = page.decode()
        assert (status, entered(text)) == (422, ["careplan-strict", "NO_SUCH_RULE=off"])
        (trouble,) = re.findall(r'<p class="notice fail">([^<]*)', text)
        assert "NO_SUCH_RULE" in trouble
        assert sentence in trouble


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_person_sees_takes_and_changes_what_the_site_file_says(tmp_path, chromium, language, wrong):
    async with (
        served(tmp_path / "service", installed=True) as client,
        signed_in(chromium, client, language) as page,
    ):
        lenient = await setup(client, "見本ケアプランセンター（架空）", profile="lenient")
        await setup(client, **STRICT)
        await page.goto(f"{client.service.address}/careplan")
        assert await page.locator("#validator").input_value() == "careplan-strict"
        assert await page.locator("#rules").input_value() == f"{CASE}=notice"
        for width in (1280, 380):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert await violations(page) == []

        async def judged():
            await page.set_input_files("#files", wrong)
            async with page.expect_response(lambda answer: answer.request.method == "POST"):
                await page.locator("button[value=check]").click()
            await page.locator(
                "#answer:not([aria-busy]) #judged, #answer:not([aria-busy]) .notice"
            ).wait_for()
            return await page.locator("#answer").inner_text()

        assert f"{CASE}=notice" in await judged()
        assert await page.locator("#answer h2 .chip.fail").count() == 0
        await page.fill("#rules", "")
        assert f"{CASE}=notice" not in await judged()
        assert await page.locator("#answer h2 .chip.fail").count() == 1
        await page.fill("#rules", CASE)
        assert CASE in await judged()
        assert await page.locator("#answer .notice.fail").count() == 1
        assert await violations(page) == []
        await page.select_option("#setup", lenient)
        await page.locator("#start button").click()
        await page.wait_for_url(f"**/careplan?setup={lenient}")
        assert await page.locator("#validator").input_value() == "careplan-lenient"
        assert await page.locator("#rules").input_value() == ""
        await judged()
        assert await page.locator("#answer h2 .chip.fail").count() == 0
