"""The OpenAPI document: generated, valid, committed as it is, and true of every route."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from kaigo_gateway.web._problems import CODES
from kaigo_gateway.web.api.openapi import openapi
from kaigo_gateway.web.api.table import OPERATIONS, PREFIX
from web_kit import Stage2, plugin, served

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.json"


def test_the_committed_document_is_the_generated_one():
    text = json.dumps(openapi(), ensure_ascii=False, indent=1) + "\n"
    assert COMMITTED.read_text(encoding="utf-8") == text, (
        "run: python -m kaigo_gateway.web.api.openapi > docs/openapi.json"
    )


def test_the_module_prints_the_document():
    done = subprocess.run(
        [sys.executable, "-m", "kaigo_gateway.web.api.openapi"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == openapi()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_document_is_valid_openapi_3_1():
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert openapi()["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(openapi()).iter_errors()) == []


async def test_the_service_gives_the_same_document(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        assert await client.get("/api/openapi.json") == openapi()


async def test_every_route_of_the_api_is_an_operation_and_the_other_way_round(tmp_path):
    async with served(tmp_path, plugin(Stage2())) as client:
        routes = {
            (route.method, route.resource.canonical)
            for route in client.service.app.router.routes()
            if route.resource is not None and route.resource.canonical.startswith(PREFIX)
        }
    described = {(operation.method, PREFIX + operation.path) for operation in OPERATIONS}
    assert {route for route in routes if route[0] != "HEAD"} == described


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_each_route_is_documented_in_the_guide_with_its_role(operation):
    guide = (ROOT / "docs" / "rest-api.md").read_text(encoding="utf-8")
    role = operation.role.value if operation.role else "none"
    assert f"| `{operation.method} {PREFIX}{operation.path}` | {role} |" in guide


@pytest.mark.parametrize("code", CODES)
def test_each_problem_code_is_documented_in_the_guide(code):
    guide = (ROOT / "docs" / "rest-api.md").read_text(encoding="utf-8")
    assert f"| `{code}` | {CODES[code][0]} |" in guide
