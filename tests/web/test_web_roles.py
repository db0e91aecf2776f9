"""Who may do what: every operation of the API and every page, asked by nobody and by each role."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, ClientTimeout
from kaigo_gateway.sandbox.demo import demo_settings
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api.openapi import operations_of_this_release
from kaigo_gateway.web.api.table import PREFIX
from kaigo_gateway.web.serving import Wanted, serving
from pydantic import SecretStr
from web_kit import Client

CALLERS = (None, *Role)
OPERATIONS = {f"{each.method} {PREFIX}{each.path}": each.role for each in operations_of_this_release()}
PUBLIC_PAGES = {"/login", "/login/{secret}", "/static/{name}", "/api/openapi.json", "/language", "/logout"}
PAGES = {
    "GET /": Role.VIEWER,
    "GET /setups/{id}": Role.VIEWER,
    "GET /setups/{id}/claim": Role.VIEWER,
    "GET /plugins": Role.VIEWER,
    "GET /help": Role.VIEWER,
    "GET /api": Role.VIEWER,
    "GET /metrics": Role.VIEWER,
    "GET /new": Role.SUPPORTER,
    "POST /new": Role.SUPPORTER,
    "GET /certificates": Role.VIEWER,
    "GET /diagnostics": Role.SUPPORTER,
    "POST /setups/{id}/run": Role.SUPPORTER,
    "GET /settings": Role.ADMINISTRATOR,
    "POST /settings/link": Role.ADMINISTRATOR,
    "POST /certificates/remove": Role.ADMINISTRATOR,
}


@asynccontextmanager
async def whole_service(folder):
    """A service with every bundled plugin."""
    from kaigo_gateway._gateway import Gateway

    gateway = Gateway(demo_settings(folder), passphrase=lambda: SecretStr("Kit-Passphrase-1"))
    async with serving(gateway, Wanted(port=0, folder=folder / "web")) as service, ClientSession() as session:
        yield Client(session, service, gateway)


async def answer_to(client, route, caller):
    """Status and code of an empty request; streams are let go after their head."""
    method, path = route.split(" ")
    headers = {} if caller is None else {"Authorization": f"Bearer {client.token(caller)}"}
    url = client.service.address + re.sub(r"{\w+}", "x", path)
    limit = ClientTimeout(total=30)
    async with client.session.request(
        method, url, headers=headers, timeout=limit, allow_redirects=False
    ) as answer:
        code = (await answer.json())["code"] if answer.content_type == "application/problem+json" else ""
        return answer.status, code


def expected(needed, caller):
    if needed is None:
        return "let in"
    if caller is None:
        return "LOGIN_NEEDED"
    return "let in" if caller.covers(needed) else "ROLE_TOO_LOW"


def judged(status, code):
    return code if (status, code) in {(401, "LOGIN_NEEDED"), (403, "ROLE_TOO_LOW")} else "let in"


async def test_every_route_lets_in_the_roles_that_its_table_says_and_nobody_else(tmp_path):
    async with whole_service(tmp_path) as client:
        wrong = {}
        for route, needed in {**OPERATIONS, **PAGES}.items():
            for caller in CALLERS:
                seen = judged(*await answer_to(client, route, caller))
                if seen != expected(needed, caller):
                    wrong[route, caller] = seen
        assert wrong == {}


async def test_every_other_route_needs_a_login(tmp_path):
    async with whole_service(tmp_path) as client:
        open_to_all = {route for route, role in OPERATIONS.items() if role is None}
        for route in client.service.app.router.routes():
            if route.resource is None or route.resource.canonical in PUBLIC_PAGES:
                continue
            name = f"{route.method} {route.resource.canonical}".replace("HEAD ", "GET ")
            if name not in open_to_all:
                assert judged(*await answer_to(client, name, None)) == "LOGIN_NEEDED", name


@pytest.mark.parametrize("role", Role)
def test_a_role_covers_itself_and_the_lower_ones(role):
    order = list(Role)
    assert [other for other in order if role.covers(other)] == order[: order.index(role) + 1]
