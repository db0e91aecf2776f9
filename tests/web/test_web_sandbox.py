"""The page against the whole sandbox: site file, confirmations, papers; CarePlan files dropped."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import ClientSession, CookieJar
from browser_kit import signed_in, violations
from kaigo_gateway._gateway import Gateway
from kaigo_gateway.sandbox._sandbox import Sandbox
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_gateway.web.serving import Wanted, serving
from pydantic import SecretStr
from web_kit import Client

pytestmark = pytest.mark.browser


@asynccontextmanager
async def sandboxed(folder):
    """A service with all bundled plugins beside the simulated counterparts, whose files it may read."""
    gateway = Gateway(demo_settings(folder), passphrase=lambda: SecretStr("Kit-Passphrase-1"))
    async with Sandbox(gateway.host) as sandbox:
        wanted = Wanted(port=0, folder=folder / "web", files=(sandbox.folder,))
        jar = CookieJar(unsafe=True)
        async with serving(gateway, wanted) as service, ClientSession(cookie_jar=jar) as session:
            yield Client(session, service, gateway), sandbox


def toml(value):
    """A document as TOML: enough for a site."""
    lines = []

    def table(path, content):
        plain = {key: each for key, each in content.items() if not isinstance(each, dict)}
        if path:
            lines.append(f"[{'.'.join(json.dumps(part) for part in path)}]")
        for key, each in plain.items():
            lines.append(f"{json.dumps(key)} = {inline(each)}")
        for key, each in content.items():
            if isinstance(each, dict):
                table([*path, key], each)

    table([], value)
    return "\n".join(lines)


def inline(value):
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(k)} = {inline(v)}" for k, v in value.items() if v is not None) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def site_file(sandbox):
    """The sandbox's site as a person would have it in a file, its paths absolute."""
    document = sandbox.site.model_dump(mode="json", by_alias=True, exclude_none=True)
    del document["simulated"]
    certificate = document["certificate"]
    certificate["file"] = str(sandbox.folder / certificate["file"])
    certificate["password"]["$file"] = str(sandbox.folder / certificate["password"]["$file"])
    return toml(document)


async def test_a_site_file_becomes_sealed_papers_against_the_sandbox(tmp_path, chromium):
    from playwright.async_api import Error

    async with sandboxed(tmp_path) as (client, sandbox), signed_in(chromium, client, "ja") as page:
        (tmp_path / "site.toml").write_text(site_file(sandbox), encoding="utf-8")
        await page.goto(f"{client.service.address}/new")
        await page.set_input_files("#site", tmp_path / "site.toml")
        await page.locator("form[action$='/new/file'] button").click()
        await page.locator("[data-state=waiting]").wait_for(timeout=60_000)
        answer = page.locator("button[name=answer][value=yes]").first
        done = page.locator("[data-state=done]")
        for _ in range(60):
            await answer.or_(done).first.wait_for(timeout=60_000)
            if await done.count():
                break
            with suppress(Error):  # the live page may replace a form at this moment; the next round sees it
                await answer.click(timeout=5_000)
        assert await violations(page) == []
        await page.locator("a[href$='/claim']").click()
        assert await violations(page) == []
        async with page.expect_download() as saving:
            await page.locator("a.button[download]").click()
        data = (await (await saving.value).path()).read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.split("/")[-1] for name in archive.namelist()}
        assert {"report.html", "expenses.csv", "claim-summary.html", "assessment.json"} <= names
        assert (await client.get("/api/v1/ledger/verification"))["intact"]


def write_sample(folder):
    command = [sys.executable, "-m", "kaigo_gateway", "careplan", "sample", str(folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


async def test_dropped_careplan_files_are_judged_by_file_and_row(tmp_path, chromium):
    sample = tmp_path / "sample"
    write_sample(sample)
    files = sorted(path for path in sample.rglob("*") if path.suffix.lower() == ".csv")
    broken = files[0]
    broken.write_bytes(broken.read_bytes().replace(b"13", b"99", 1) + b"broken\r\n")
    async with sandboxed(tmp_path) as (client, _), signed_in(chromium, client, "ja") as page:
        await page.goto(f"{client.service.address}/careplan")
        await page.set_input_files("#files", files)
        await page.locator("main form button.primary").click()
        await page.locator("#answer").wait_for()
        assert broken.name in await page.locator("#answer").inner_text()
        assert await page.locator("#answer .chip.fail").count() >= 1
        assert await violations(page) == []
        assert list((tmp_path / "web" / "uploads").iterdir()) == []
