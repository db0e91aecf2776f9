"""OpenAPI 3.1, generated from the operations and their models; nothing in it is written twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from kaigo_gateway._version import __version__
from kaigo_gateway.model.site import Site
from kaigo_gateway.web._once import HEADER, REPLAYED
from kaigo_gateway.web._problems import CODES, MEDIA_TYPE, ProblemDetails, problem
from kaigo_gateway.web.api._examples import examples
from kaigo_gateway.web.api._operation import JSON
from kaigo_gateway.web.api.table import OPERATIONS, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Literal

    from pydantic import BaseModel

    from kaigo_gateway.web.api._operation import Operation, Part

    Keyed = tuple[type[BaseModel], Literal["validation", "serialization"]]

_REF: Final = "#/components/schemas/{model}"
_FILE: Final = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
_ALWAYS: Final = ("BAD_REQUEST", "HOST_NOT_ALLOWED", "COULD_NOT_RUN", "INTERNAL")


def _models(operations: Iterable[Operation]) -> Iterator[Keyed]:
    yield (ProblemDetails, "serialization")
    for operation in operations:
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
    if operation.method == "POST":
        codes += ["KEY_REUSED", "KEY_IN_USE", "ANSWER_NOT_KEPT", "TOO_LARGE", "TOO_SLOW"]
    if operation.if_match:
        codes.append("CHANGED_MEANWHILE")
    return list(dict.fromkeys(codes))


def _problems(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in problem_codes(operation):
        by_status.setdefault(CODES[code][0], []).append(code)
    return {str(status): _problem(status, codes) for status, codes in sorted(by_status.items())}


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    """The problems of one status, each with an example."""
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    schema = {"$ref": _REF.format(model="ProblemDetails")}
    found: dict[str, Any] = {
        "description": "; ".join(f"{code}: {CODES[code][1]}" for code in codes),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }
    header = {401: "WWW-Authenticate", 429: "Retry-After"}.get(status)
    return found | ({"headers": {header: {"schema": {"type": "string"}}}} if header else {})


def _example_of(code: str) -> dict[str, Any]:
    return problem(code).details("en").model_dump(mode="json")


def _reply(operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any]:
    if isinstance(operation.reply, type):
        content = {JSON: {"schema": refs[operation.reply, "serialization"]} | _shown(operation, "reply")}
    else:
        content = {operation.reply: _raw_schema(operation.reply)}
    found: dict[str, Any] = {"description": operation.summary, "content": content}
    if operation.status == 204:  # noqa: PLR2004 - no content
        found = {"description": operation.summary}
    names = [*operation.headers, *(["Location"] if operation.located else [])]
    names += [REPLAYED] if operation.method == "POST" else []
    headers = {name: {"schema": {"type": "string"}} for name in names}
    return found | ({"headers": headers} if headers else {})


def _raw_schema(media_type: str) -> dict[str, Any]:
    """What is no JSON document: text, or bytes where the media type is none of text."""
    is_text = media_type.startswith("text/") or media_type in {"application/toml", "application/x-ndjson"}
    return {"schema": {"type": "string"} if is_text else {"type": "string", "format": "binary"}}


def _shown(operation: Operation, part: str) -> dict[str, Any]:
    """The example of an operation's request or reply, where there is one."""
    found = examples().get(operation.name, {}).get(part, operation.examples.get(part))
    return {} if found is None else {"example": found}


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
    if operation.method == "POST":
        found.append(_key_header(durable=operation.durable))
    if "ETag" in operation.headers:
        found.append(_header("If-None-Match"))
    if operation.if_match:
        found.append(_header("If-Match"))
    if operation.reply == "text/event-stream":
        found.append(_header("Last-Event-ID"))
    return found


def _key_header(*, durable: bool) -> dict[str, Any]:
    where = "also across a restart of the service" if durable else "in memory, until the service ends"
    key = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    said = f"The first answer is kept for a day, {where}; the same request gets it again."
    return {"name": HEADER, "in": "header", "required": False, "description": said, "schema": key}


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}


def _form(operation: Operation) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [part.name for part in operation.parts if part.required],
        "properties": {part.name: _part(part) for part in operation.parts},
        **({"additionalProperties": _FILE} if operation.more_files else {}),
    }


def _part(part: Part) -> dict[str, Any]:
    """``format: binary`` is what generators of clients know a file by; 3.1 itself ignores it."""
    said = {"description": part.says} if part.says else {}
    return {**(_FILE if part.file else {"type": "string"}), **said}


def _request_body(operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any] | None:
    if operation.parts:
        return {"required": True, "content": {"multipart/form-data": {"schema": _form(operation)}}}
    if operation.site:
        toml = {"schema": {"type": "string", "description": "the same document as TOML"}}
        return {
            "required": True,
            "content": {
                JSON: {"schema": refs[Site, "validation"]} | _shown(operation, "request"),
                "application/toml": toml,
            },
        }
    if operation.body is not None:
        content = {"schema": refs[operation.body, "validation"]} | _shown(operation, "request")
        return {"required": True, "content": {JSON: content}}
    return None


def _together(replies: dict[str, Any], problems: dict[str, Any]) -> dict[str, Any]:
    """Replies and problems by status; a status that may be either has both media types."""
    found = dict(replies)
    for status, trouble in problems.items():
        known = found.get(status, {})
        content = {**known.get("content", {}), **trouble["content"]}
        found[status] = {**trouble, **known, "content": content}
    return found


def _described(operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any]:
    statuses = (operation.status, *operation.also)
    responses = {str(status): _reply(operation, refs) for status in statuses}
    if "ETag" in operation.headers:
        responses["304"] = {"description": "Unchanged"}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": _together(responses, _problems(operation)),
        "security": [] if operation.role is None else [{"token": []}, {"session": []}],
    }
    if operation.role is not None:
        described["x-role"] = operation.role.value
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if body := _request_body(operation, refs):
        described["requestBody"] = body
    return described


def openapi(operations: tuple[Operation, ...] = OPERATIONS) -> dict[str, Any]:
    """The document. The paths stand in the order of the operations."""
    refs, definitions = models_json_schema(list(dict.fromkeys(_models(operations))), ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
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
            "examples": {code: {"value": _example_of(code)} for code in CODES},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "kaigo_gateway_session"},
            },
        },
    }


def operations_of_this_release() -> tuple[Operation, ...]:
    """The core's operations and those of the plugins that come with it: what the committed document shows."""
    from kaigo_gateway.plugins import PluginHost, discover
    from kaigo_gateway.web._plugin_routes import api_of

    others = [each.name for each in discover() if each.distribution != "kaigo-gateway"]
    return (*OPERATIONS, *api_of(PluginHost(without=others), None).operations)


if __name__ == "__main__":
    import json
    import sys

    document = openapi(operations_of_this_release())
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
