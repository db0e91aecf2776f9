"""One Chromium for all browser tests of the page."""

from __future__ import annotations

import shutil

import pytest
import pytest_asyncio

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium():
    """A running browser; skipped where Chromium or Playwright is missing."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.async_api")
    async with playwright.async_playwright() as running:
        browser = await running.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        await browser.close()
