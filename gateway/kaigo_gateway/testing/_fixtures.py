"""The fixtures of the kit; pytest is imported here only."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from kaigo_gateway.sitefile import merged, site_from

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway import Check, Finding, Gateway, Site
    from kaigo_gateway.settings import Settings

PASSPHRASE = "only for tests"  # noqa: S105 - opens a vault that lives as long as one test

_DOCUMENT: Mapping[str, Any] = {
    "office": {"number": "1370000001", "name": "架空の事業所", "services": ["11"]},
    "supporter": {"name": "架空の支援事業者", "registration_number": "T1234567890123"},
}


@pytest.fixture
def gateway_settings(tmp_path: Path) -> Settings:
    """Settings whose ledger and vault lie in the test's temporary folder."""
    from kaigo_gateway.sandbox.demo import demo_settings

    return demo_settings(tmp_path)


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., Site]:
    """``make_site(platform={"url": ...})``: a site of an invented office with what you lay over it."""

    def make(**overlay: Any) -> Site:
        return site_from(merged(_DOCUMENT, overlay), tmp_path, "test site")

    return make


@pytest.fixture
def run_check() -> Callable[..., Awaitable[Sequence[Finding]]]:
    """Runs one check exactly as the core does; give it the check, the site and earlier results."""

    async def run(check: Check, site: Site, **context: Any) -> Sequence[Finding]:
        from kaigo_gateway.redaction import Redactor
        from kaigo_gateway.setup._plan import Step
        from kaigo_gateway.setup._run_check import run_check as run_one

        step = Step(check, "tested", "0", "", context.pop("settings", None))
        outcome = await run_one(step, _context(site, step.settings, context), Redactor())
        if outcome.waiting is not None:
            raise outcome.waiting
        return outcome.findings

    return run


def _context(site: Site, settings: Any, given: dict[str, Any]) -> Any:
    from datetime import UTC, datetime

    from kaigo_gateway import CheckContext, Waiting

    answers = given.pop("confirmed", {})

    async def no_identity() -> None:
        return None

    def confirmed(key: str) -> Mapping[str, Any]:
        if key not in answers:
            raise Waiting(key)
        found: Mapping[str, Any] = answers[key]
        return found

    values: dict[str, Any] = {
        "setup_id": "test",
        "site": site,
        "simulated": site.simulated,
        "today": datetime.now(UTC).date(),
        "settings": settings,
        "results": {},
        "identity": no_identity,
        "progress": lambda _text: None,
        "confirmed": confirmed,
    }
    return CheckContext(**{**values, **given})


@pytest_asyncio.fixture
async def make_gateway(gateway_settings: Settings) -> AsyncIterator[Callable[..., Awaitable[Gateway]]]:
    """Opens a Gateway with just the plugins that are given."""
    from pydantic import SecretStr

    from kaigo_gateway import Gateway

    async with AsyncExitStack() as exits:

        async def make(*plugins: Any, **options: Any) -> Gateway:
            options = {"discover_installed": False, "passphrase": lambda: SecretStr(PASSPHRASE), **options}
            return await exits.enter_async_context(Gateway(gateway_settings, plugins=plugins, **options))

        yield make
