"""The OpenAPI document: generated, valid, committed as it is, and true of every route."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules

import pytest
from kaigo_gateway.model.site import Site
from kaigo_gateway.web._problems import CODES, ProblemDetails
from kaigo_gateway.web.api import models
from kaigo_gateway.web.api._examples import examples
from kaigo_gateway.web.api.openapi import openapi, operations_of_this_release
from kaigo_gateway.web.api.table import OPERATIONS, PREFIX
from web_kit import Stage2, plugin, served

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.json"
ALL = operations_of_this_release()
DOCUMENT = openapi(ALL)
GUIDE = (ROOT / "docs" / "rest-api.md").read_text(encoding="utf-8")


def named(operation):
    return operation.name


def test_the_committed_document_is_the_generated_one():
    text = json.dumps(DOCUMENT, ensure_ascii=False, indent=1) + "\n"
    assert COMMITTED.read_text(encoding="utf-8") == text, (
        "run: python -m kaigo_gateway.web.api.openapi > docs/openapi.json"
    )


def test_the_module_prints_the_document():
    done = subprocess.run(
        [sys.executable, "-m", "kaigo_gateway.web.api.openapi"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == DOCUMENT


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_document_is_valid_openapi_3_1():
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert DOCUMENT["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


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


def test_each_operation_has_an_id_of_its_own():
    assert len({operation.name for operation in ALL}) == len(ALL)


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_each_route_is_documented_in_the_guide_with_its_role(operation):
    role = operation.role.value if operation.role else "none"
    assert f"| `{operation.method} {PREFIX}{operation.path}` | {role} |" in GUIDE


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_the_guide_marks_the_operations_whose_answers_outlive_the_service(operation):
    (row,) = [
        line
        for line in GUIDE.splitlines()
        if line.startswith(f"| `{operation.method} {PREFIX}{operation.path}` |")
    ]
    assert bool(re.search(r"\((If-Match, )?durable\) \|$", row)) == operation.durable


def test_every_post_and_nothing_else_takes_an_idempotency_key():
    for path, item in DOCUMENT["paths"].items():
        for method, described in item.items():
            names = {each["name"] for each in described.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method == "post"), path
            if method == "post":
                told = json.dumps(described["responses"])
                assert all(code in told for code in ("KEY_REUSED", "KEY_IN_USE", "ANSWER_NOT_KEPT")), path


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_each_operation_says_in_both_languages_what_it_does(operation):
    english, japanese = operation.said("en"), operation.said("ja")
    assert english == operation.summary
    assert not japanese.isascii(), english


@pytest.mark.parametrize("operation", ALL, ids=named)
def test_each_part_of_a_form_is_said_in_both_languages(operation):
    for part in operation.parts:
        japanese = operation.said_of(part, "ja")
        assert not part.says or not japanese.isascii(), part


def of_our_models(operation):
    """Whether its documents are made of models that say what is in them (plugins' may be open)."""
    return operation in OPERATIONS


@pytest.mark.parametrize("operation", [each for each in ALL if of_our_models(each)], ids=named)
def test_each_document_has_an_example_that_fits_its_model(operation):
    shown = examples().get(operation.name, {})
    request = Site if operation.site else operation.body
    for part, model in (("request", request), ("reply", operation.reply)):
        if isinstance(model, type):
            assert part in shown, f"examples.json has no {part} of {operation.name}"
            model.model_validate_json(json.dumps(shown[part]))


def test_no_example_belongs_to_an_operation_that_is_gone():
    assert set(examples()) <= {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize("code", CODES)
def test_each_problem_has_an_example_that_fits(code):
    shown = DOCUMENT["components"]["examples"][code]["value"]
    assert ProblemDetails.model_validate_json(json.dumps(shown)).code == code


@pytest.mark.parametrize("code", CODES)
def test_each_problem_code_is_documented_in_the_guide(code):
    assert f"| `{code}` | {CODES[code][0]} |" in GUIDE


def test_every_model_of_a_private_room_is_reached_by_the_one_address():
    rooms = [
        importlib.import_module(f"{models.__name__}.{each.name}") for each in iter_modules(models.__path__)
    ]
    made = {
        name: value
        for room in rooms
        for name, value in vars(room).items()
        if isinstance(value, type) and value.__module__ == room.__name__
    }
    assert made
    assert {name: getattr(models, name, None) for name in made} == made
    assert set(made) <= set(models.__all__)
