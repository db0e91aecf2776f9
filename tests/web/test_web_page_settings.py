"""Settings are changed on the page: validated, written with comments kept, secrets and paths never."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, CookieJar
from browser_kit import signed_in, violations, whole
from kaigo_gateway._gateway import Gateway
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_gateway.settings import load_settings
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.serving import Wanted, serving
from pydantic import SecretStr
from web_kit import Client, Stage2

FILE = """\
# of our branch office
language = "en"  # for all

[web]
port = 8800
"""


@asynccontextmanager
async def configured(folder, text=FILE):
    """A service whose settings come from a file."""
    file = folder / "kaigo-gateway.toml"
    file.write_text(text, encoding="utf-8")
    places = demo_settings(folder)
    settings = load_settings(file).model_copy(update={"vault": places.vault, "ledger": places.ledger})
    gateway = Gateway(
        settings,
        plugins=[whole(Stage2())],
        discover_installed=False,
        passphrase=lambda: SecretStr("Kit-Passphrase-1"),
    )
    wanted, jar = Wanted(port=0, folder=folder / "web"), CookieJar(unsafe=True)
    async with serving(gateway, wanted) as service, ClientSession(cookie_jar=jar) as session:
        yield Client(session, service, gateway), file


async def saved(client, file, **fields):
    """Send the form as a browser does; the answer's status and text."""
    from kaigo_gateway.web._settings import version_of

    form = {"version": version_of(file), **fields}
    status, headers, body = await client.call("POST", "/settings", data=form)
    return status, headers, body.decode() if isinstance(body, bytes) else body


@pytest.mark.browser
async def test_a_default_supporter_is_in_force_at_once_and_comments_stay(tmp_path, chromium):
    async with configured(tmp_path) as (client, file), signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/settings")
        await page.fill("[id='supporter.name']", "みほんサポート")
        await page.fill("[id='web.port']", "9000")
        await page.get_by_role("button", name="Save", exact=True).click()
        await page.get_by_text("Saved into the settings file.").wait_for()
        text = file.read_text(encoding="utf-8")
        assert "# of our branch office" in text
        assert 'language = "en"  # for all' in text
        assert load_settings(file).web.port == 9000
        assert "In force until the restart: 8800" in await page.locator("[id='web.port-hint']").inner_text()
        assert await violations(page) == []
        await page.goto(f"{client.service.address}/new")
        assert await page.input_value("[id='supporter.name']") == "みほんサポート"


@pytest.mark.browser
async def test_a_mistake_is_said_beside_its_field_and_nothing_is_written(tmp_path, chromium):
    async with configured(tmp_path) as (client, file), signed_in(chromium, client, "en") as page:
        await page.goto(f"{client.service.address}/settings")
        await page.fill("[id='supporter.name']", "みほんサポート")
        await page.fill("[id='supporter.registration_number']", "T12")
        await page.get_by_role("button", name="Save", exact=True).click()
        hint = page.locator(".field.wrong .hint")
        assert await hint.inner_text() == "a registration number is T and 13 digits"
        assert await page.input_value("[id='supporter.name']") == "みほんサポート"  # what was entered stays
        assert await violations(page) == []
        assert file.read_text(encoding="utf-8") == FILE


async def test_an_empty_field_takes_the_setting_out_of_the_file(tmp_path):
    async with configured(tmp_path) as (client, file):
        status, _, _ = await saved(client, file, **{"language": "", "web.port": ""})
        assert status == 303
        assert load_settings(file).web.port == 8720
        assert client.gateway.settings.language is None


async def test_what_the_environment_says_is_shown_and_not_written(tmp_path, monkeypatch):
    monkeypatch.setenv("KAIGO_GATEWAY_WEB__PORT", "9999")
    async with configured(tmp_path) as (client, file):
        english = {"headers": {"Accept-Language": "en"}}
        _, _, body = await client.call("GET", "/settings", **english)
        assert "Set by the environment variable KAIGO_GATEWAY_WEB__PORT" in body.decode()
        assert (await saved(client, file, **{"web.port": "1234"}))[0] == 303
        assert file.read_text(encoding="utf-8") == FILE


async def test_secrets_and_paths_are_never_taken_from_the_form(tmp_path):
    async with configured(tmp_path) as (client, file):
        names = {"vault.folder": "/elsewhere", "ledger.url": "sqlite:///x", "web.host": "0.0.0.0"}
        assert (await saved(client, file, **names))[0] == 303
        assert file.read_text(encoding="utf-8") == FILE


async def test_a_file_that_was_changed_meanwhile_is_not_overwritten(tmp_path):
    async with configured(tmp_path) as (client, file):
        old = {"version": "0123456789abcdef", "language": "ja"}
        status, _, body = await client.call("POST", "/settings", data=old)
        assert status == 409
        assert b'role="alert"' in body
        assert file.read_text(encoding="utf-8") == FILE


async def test_of_changes_to_one_version_at_the_same_time_one_is_written(tmp_path):
    async with configured(tmp_path) as (client, file):
        version = _version(file)
        forms = [{"version": version, "supporter.name": f"name {number}"} for number in range(8)]
        sent = (client.call("POST", "/settings", data=form) for form in forms)
        answers = await asyncio.gather(*sent)
        assert sorted(status for status, _, _ in answers) == [303, *[409] * 7]
        (written,) = [number for number, answer in enumerate(answers) if answer[0] == 303]
        assert load_settings(file).supporter.name == f"name {written}"


async def test_another_process_that_changes_the_file_is_waited_for(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from kaigo_gateway.web._settings import _alone\n"
        "file = Path(sys.argv[1])\n"
        "with _alone(file):\n"
        "    print('held', flush=True); sys.stdin.readline(); file.write_text('language = \"en\"')\n"
    )
    async with configured(tmp_path) as (client, file):
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, str(file), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert await asyncio.wait_for(other.stdout.readline(), 20) == b"held\n"
        waiting = asyncio.create_task(saved(client, file, language="ja"))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await other.communicate(b"\n")
        assert (await waiting)[0] == 409
        assert file.read_text(encoding="utf-8") == 'language = "en"'


async def test_a_file_that_is_broken_by_hand_is_named_with_its_line(tmp_path):
    async with configured(tmp_path) as (client, file):
        file.write_text("language = \n", encoding="utf-8")
        _, _, page = await client.call("GET", "/settings", headers={"Accept-Language": "en"})
        assert "is not valid TOML" in page.decode()
        status, _, _ = await saved(client, file, language="ja")
        assert status == 422
        assert file.read_text(encoding="utf-8") == "language = \n"


async def test_a_file_that_cannot_be_written_is_a_clear_sentence(tmp_path):
    async with configured(tmp_path) as (client, file):
        (tmp_path / ".kaigo-gateway.toml.part").mkdir()  # in the way of writing, also for root
        status, _, body = await client.call(
            "POST", "/settings", data={"version": _version(file), "language": "ja"},
            headers={"Accept-Language": "en"},
        )  # fmt: skip
        assert status == 422
        assert "cannot be written" in body.decode()
        assert file.read_text(encoding="utf-8") == FILE


def _version(file):
    from kaigo_gateway.web._settings import version_of

    return version_of(file)


async def test_only_an_administrator_changes_settings(tmp_path):
    async with configured(tmp_path) as (client, file):
        status, _, _ = await client.call("POST", "/settings", data={}, role=Role.SUPPORTER)
        assert status == 403
        assert file.read_text(encoding="utf-8") == FILE
