"""What the browser tests share: a page that tolerates nothing odd, and a gateway worth looking at."""

from __future__ import annotations

from contextlib import asynccontextmanager

from kaigo_gateway.model.descriptors import Exporter, FileValidator
from web_kit import plugin, site_document, until, write_certificate

LANGUAGES = ("ja", "en")


@asynccontextmanager
async def signed_in(chromium, client, language="ja", width=1200, **more):
    """A browser page signed in by the one-time link; anything odd it says ends the test."""
    locale = {"ja": "ja-JP", "en": "en-US"}[language]
    viewport = {"width": width, "height": 900}
    context = await chromium.new_context(locale=locale, viewport=viewport, **more)
    context.set_default_timeout(15_000)
    page = await context.new_page()
    said, elsewhere = [], []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: elsewhere.append(request.url))
    try:
        await page.goto(client.service.link)
        await page.wait_for_url(f"{client.service.address}/")
        yield page
        assert [each for each in said if "with a status of 4" not in each] == []  # 404 and 422 are meant
        assert [
            url for url in elsewhere if not url.startswith((client.service.address, "blob:", "data:"))
        ] == []
    finally:
        await context.close()


async def violations(page):
    from axe_playwright_python.async_playwright import Axe

    found = (await Axe().run(page)).response["violations"]
    return [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]


def papers():
    return [Exporter("kit", "Kit's paper", "kit.txt", "text/plain", lambda view, _: view.id.encode())]


def file_validators():
    finding = {"severity": "error", "code": "K1", "row": 2, "field": 3, "seen": "", "message": "wrong"}
    document = {
        "overall": "fail",
        "files": [{"path": "a.csv", "kind": "k", "rows": 1, "findings": [finding]}],
    }
    return [FileValidator("kit", "Kit's files", lambda paths: document)]


def whole(stage):
    return plugin(stage, gateway_exporters=papers, gateway_file_validators=file_validators)


async def opened(client, folder, *states):
    _, _, body = await client.post("/api/v1/setups", site_document(certificate=write_certificate(folder)))
    await until(client, body["id"], *(states or ("done",)))
    return body["id"]
