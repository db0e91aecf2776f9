"""OpenAPI 3.1, generated from the operations and their models; nothing in it is written twice."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from kaigo_gateway._version import __version__
from kaigo_gateway.model.site import Site
from kaigo_gateway.web._problems import CODES, MEDIA_TYPE, ProblemDetails
from kaigo_gateway.web.api._operation import JSON
from kaigo_gateway.web.api.table import OPERATIONS, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from pydantic import BaseModel

    from kaigo_gateway.web.api._operation import Operation

    Keyed = tuple[type[BaseModel], Literal["validation", "serialization"]]

_REF: Final = "#/components/schemas/{model}"
_ALWAYS: Final = ("BAD_REQUEST", "HOST_NOT_ALLOWED", "COULD_NOT_RUN", "INTERNAL")


def _models() -> Iterator[Keyed]:
    yield (ProblemDetails, "serialization")
    for operation in OPERATIONS:
        if isinstance(operation.reply, type):
            yield (operation.reply, "serialization")
        if operation.body is not None:
            yield (operation.body, "validation")
        if operation.site:
            yield (Site, "validation")


def problem_codes(operation: Operation) -> list[str]:
    """Every code that an operation may answer with."""
    codes = [*_ALWAYS, *operation.problems]
    if operation.role is not None:
        codes += ["LOGIN_NEEDED", "ROLE_TOO_LOW"]
    if "{id}" in operation.path and operation.path.startswith("/setups"):
        codes.append("SETUP_UNKNOWN")
    if "{" in operation.path:
        codes.append("NOT_FOUND")
    if operation.query is not None:
        codes.append("NOT_VALID")
    if operation.parts:
        codes.append("FILE_MISSING")
    if operation.body is not None or operation.site or operation.parts:
        codes += ["NOT_JSON", "MEDIA_TYPE", "NOT_VALID", "TOO_LARGE", "TOO_SLOW"]
    if operation.method not in {"GET", "HEAD"}:
        codes += ["CROSS_SITE", "INPUT_ERROR"]
    if operation.idempotent:
        codes += ["KEY_REUSED", "KEY_IN_USE", "TOO_LARGE", "TOO_SLOW"]
    return list(dict.fromkeys(codes))


def _problems(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in problem_codes(operation):
        by_status.setdefault(CODES[code][0], []).append(code)
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemDetails")}}}
    return {
        str(status): {"description": ", ".join(codes), "content": content}
        for status, codes in sorted(by_status.items())
    }


def _reply(operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any]:
    if isinstance(operation.reply, type):
        content = {JSON: {"schema": refs[operation.reply, "serialization"]}}
    else:
        content = {operation.reply: {"schema": {"type": "string"}}}
    found: dict[str, Any] = {"description": operation.summary, "content": content}
    if operation.status == 204:  # noqa: PLR2004 - no content
        found = {"description": operation.summary}
    headers = {name: {"schema": {"type": "string"}} for name in operation.headers}
    return found | ({"headers": headers} if headers else {})


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    if operation.query is not None:
        schema = operation.query.model_json_schema()
        for name, part in schema["properties"].items():
            described = {"description": part["description"]} if "description" in part else {}
            found.append({"name": name, "in": "query", "required": False, "schema": part, **described})
    if operation.idempotent:
        key = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    if "ETag" in operation.headers:
        found.append(
            {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}
        )
    return found


def _form(operation: Operation) -> dict[str, Any]:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {
        "type": "object",
        "required": [part.name for part in operation.parts if part.required],
        "properties": {part.name: file if part.file else {"type": "string"} for part in operation.parts},
    }


def _request_body(operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any] | None:
    if operation.parts:
        return {"required": True, "content": {"multipart/form-data": {"schema": _form(operation)}}}
    if operation.site:
        toml = {"schema": {"type": "string", "description": "the same document as TOML"}}
        return {
            "required": True,
            "content": {JSON: {"schema": refs[Site, "validation"]}, "application/toml": toml},
        }
    if operation.body is not None:
        return {"required": True, "content": {JSON: {"schema": refs[operation.body, "validation"]}}}
    return None


def _described(operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any]:
    statuses = (operation.status, *operation.also)
    responses = {str(status): _reply(operation, refs) for status in statuses}
    if "ETag" in operation.headers:
        responses["304"] = {"description": "Unchanged"}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": responses | _problems(operation),
        "security": [] if operation.role is None else [{"token": []}, {"session": []}],
    }
    if operation.role is not None:
        described["x-role"] = operation.role.value
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if body := _request_body(operation, refs):
        described["requestBody"] = body
    return described


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """The document. The paths stand in the order of the operations."""
    refs, definitions = models_json_schema(list(dict.fromkeys(_models())), ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        described = _described(operation, refs)
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kaigo-gateway",
            "version": __version__,
            "summary": "Setups of care offices: run, follow, prove, claim.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "kaigo_gateway_session"},
            },
        },
    }


if __name__ == "__main__":
    import json
    import sys

    sys.stdout.write(json.dumps(openapi(), ensure_ascii=False, indent=1) + "\n")
