"""Factories of the web tests: a real gateway with a small plugin, served by a real server."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, CookieJar
from kaigo_gateway._gateway import Gateway
from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.model.descriptors import Check, PluginInfo
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Stage, Status
from kaigo_gateway.sandbox.authority import DemoAuthority
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.serving import Wanted, serving
from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from kaigo_gateway.web.serving import Serving

OFFICE = "1370000001"
BOOK = ReasonBook("web_kit").add(
    Reason("KIT_WELL", Status.OK, "All well: {what}."),
    Reason("KIT_BADLY", Status.FAIL, "Not well: {what}.", ("Mend the <b>line</b>.",), Actor.NETWORK),
)


@dataclass
class Stage2:
    """What the plugin's checks find; a test turns it over."""

    broken: bool = False
    asks: bool = False
    runs: dict[str, int] = field(default_factory=dict)


def plugin(stage: Stage2, **more: Any) -> ModuleType:
    """A plugin with one platform check that may be broken and one that may ask a person."""

    def look(context: Any) -> Any:
        stage.runs["line"] = stage.runs.get("line", 0) + 1
        context.progress("looking")
        code = "KIT_BADLY" if stage.broken else "KIT_WELL"
        return BOOK.finding(code, seen={"what": "<i>line</i>"}, evidence={"host": "h"})

    def ask(context: Any) -> Any:
        answer = context.confirmed("kit.done") if stage.asks else {"answer": "yes"}
        return BOOK.finding("KIT_WELL" if answer["answer"] == "yes" else "KIT_BADLY", seen={"what": "step"})

    module = ModuleType("web_kit_plugin")
    checks = [
        Check("platform.line", Stage.PLATFORM, "Line", look, order=1, evidence=("host",)),
        Check("platform.step", Stage.PLATFORM, "Step", ask, ("platform.line",), order=2),
    ]
    module.gateway_plugin_info = hookimpl(  # type: ignore[attr-defined]
        lambda: PluginInfo(name="kit", title="Kit", api_version=1, reasons=BOOK)
    )
    module.gateway_checks = hookimpl(_checks(checks))  # type: ignore[attr-defined]
    for name, function in more.items():
        setattr(module, name, hookimpl(function))
    return module


def _checks(checks: list[Check]) -> Callable[..., list[Check]]:
    def gateway_checks(site: Any) -> list[Check]:
        return checks

    return gateway_checks


def site_document(**changes: Any) -> dict[str, Any]:
    """A site document as a product sends it."""
    return {
        "office": {"number": OFFICE, "name": "見本訪問介護（架空）", "services": ["11"]},
        "supporter": {"name": "見本サポート（架空）", "registration_number": "T1234567890123"},
        "network": {"proxy": "none"},
        **changes,
    }


def write_certificate(folder: Path) -> dict[str, Any]:
    """A client certificate of the demo authority in ``folder``, as a site document names it."""
    authority = DemoAuthority(folder / "authority")
    (folder / "office.p12").write_bytes(authority.client_pkcs12(OFFICE, "TEST Office", b"Kit-Password-1"))
    (folder / "office.txt").write_text("Kit-Password-1")
    return {
        "file": str(folder / "office.p12"),
        "password": {"$file": str(folder / "office.txt")},
        "issuer_file": str(authority.chain_pem),
    }


@dataclass
class Client:
    """Calls the service with one role's token."""

    session: ClientSession
    service: Serving
    gateway: Gateway

    def token(self, role: Role) -> str:
        """The bearer token of a role."""
        return dict(
            line.split()
            for line in self.service.token_file.read_text().splitlines()
            if not line.startswith("#")
        )[Role(role).value]

    async def call(
        self, method: str, path: str, *, role: Role | None = Role.ADMINISTRATOR, **more: Any
    ) -> tuple[int, Any, Any]:
        """Status, headers and body (JSON where it is JSON, otherwise bytes)."""
        headers = dict(more.pop("headers", {}))
        if role is not None:
            headers.setdefault("Authorization", f"Bearer {self.token(role)}")
        url = path if path.startswith("http") else self.service.address + path
        async with self.session.request(
            method, url, headers=headers, allow_redirects=False, **more
        ) as answer:
            body = await answer.read()
            is_json = answer.content_type in {"application/json", "application/problem+json"}
            parsed = json.loads(body) if is_json and body else body
            return answer.status, answer.headers, parsed

    async def get(self, path: str, **more: Any) -> Any:
        """The JSON of a GET that works."""
        status, _, body = await self.call("GET", path, **more)
        assert status == 200, body
        return body

    async def post(self, path: str, document: Any = None, **more: Any) -> tuple[int, Any, Any]:
        """A POST of JSON."""
        return await self.call("POST", path, json=document, **more)


@asynccontextmanager
async def served(
    folder: Path,
    *plugins: Any,
    files: tuple[Path, ...] = (),
    passphrase: str = "Kit-Passphrase-1",
    installed: bool = False,
    **settings: Any,
) -> AsyncIterator[Client]:
    """A service over a gateway of its own, on a free port; ``installed``: with the bundled plugins too."""
    gateway = Gateway(
        demo_settings(folder).model_copy(update=settings),
        plugins=plugins,
        discover_installed=installed,
        passphrase=lambda: SecretStr(passphrase),
    )
    wanted = Wanted(port=0, folder=folder / "web", files=files)
    jar = CookieJar(unsafe=True)  # cookies of an address without a name
    async with serving(gateway, wanted) as service, ClientSession(cookie_jar=jar) as session:
        yield Client(session, service, gateway)


async def until(client: Client, setup_id: str, *states: str) -> dict[str, Any]:
    """Wait until a Setup is in one of ``states``, by its events."""
    url = f"/api/v1/setups/{setup_id}/events"
    for _ in range(50):
        await client.call("GET", url, params={"until": "idle"})
        found = await client.get(f"/api/v1/setups/{setup_id}")
        if found["state"] in states:
            return found
    raise AssertionError(found)


async def answered(client: Client, setup_id: str, answer: str = "yes") -> dict[str, Any]:
    """Wait until a Setup is done, answering whatever it asks."""
    for _ in range(50):
        found = await until(client, setup_id, "waiting", "done")
        if found["state"] == "done":
            return found
        for question in found["questions"]:
            given = {"key": question["key"], "answer": {"answer": answer}}
            await client.post(f"/api/v1/setups/{setup_id}/confirmations", given)
    raise AssertionError(found)
