"""Schemathesis over the whole API: no 5xx, and every answer is as the OpenAPI document says."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from kaigo_gateway.web.access import Role
from kaigo_gateway.web.api.openapi import openapi, operations_of_this_release
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web_kit import Stage2, plugin, served, site_document

pytestmark = pytest.mark.filterwarnings("ignore")

ALL = operations_of_this_release()
STREAMS = [each.name for each in ALL if each.reply == "text/event-stream"]
"""Streams have their own tests: they do not end."""

schema = schemathesis.openapi.from_dict(openapi(ALL))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


class Service(threading.Thread):
    """The service in a thread of its own, because schemathesis calls without a loop."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.ready = folder, threading.Event()

    def run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        async with served(self.folder, plugin(Stage2()), installed=True) as client:
            self.stop, self.loop = asyncio.Event(), asyncio.get_running_loop()
            self.address, self.token = client.service.address, client.token(Role.ADMINISTRATOR)
            _, _, body = await client.post("/api/v1/setups", site_document())
            self.setup_id = body["id"]
            self.ready.set()
            await self.stop.wait()

    def end(self):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.join(30)


@pytest.fixture(scope="module")
def no_names():
    """Invented host names are unknown at once; a resolver without network may take half a minute for each."""
    real = socket.getaddrinfo

    def ask(host, *rest, **more):
        if host in {"127.0.0.1", "localhost", None}:
            return real(host, *rest, **more)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", ask)
        yield


@pytest.fixture(scope="module")
def service(tmp_path_factory, no_names):
    running = Service(tmp_path_factory.mktemp("schemathesis"))
    running.start()
    assert running.ready.wait(60)
    yield running
    running.end()


@schema.exclude(operation_id=STREAMS).parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_api_keeps_to_its_document(case, service):
    if case.path_parameters and "id" in case.path_parameters and len(case.path_parameters["id"]) % 2:
        case.path_parameters["id"] = service.setup_id  # every other time a Setup that there is
    headers = {"Authorization": f"Bearer {service.token}"}
    case.call_and_validate(base_url=service.address, headers=headers, checks=CHECKS)
