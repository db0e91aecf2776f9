"""An operation of the REST API as data: it drives the router, the OpenAPI document and the reference page."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.reading import places_of
from kaigo_gateway.web._keys import OPTIONS
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web.access import Role, needs, public

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.typedefs import Handler

M = TypeVar("M", bound=BaseModel)
JSON: Final = "application/json"
BODY: Final = web.RequestKey("kaigo_body", bytes)
"""A body that :func:`read_body` has read."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart form: a file or a text field. ``says`` is a message id, like a summary."""

    name: str
    file: bool = False
    required: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One route. ``reply`` is a model, or a media type for what is not JSON; ``role`` None means public.

    ``durable`` says that answers to idempotency keys outlive the service, as they must where the operation
    changes something and the same again would not be the same; other POSTs remember them in memory.
    ``parts`` makes the body a multipart form; ``also`` are further statuses with the same reply;
    ``problems`` are the codes that it may answer with besides those that every route knows. ``summary`` is a
    message id of the catalogue ``domain``. A plugin's operations stand below ``/plugins/<its name>``;
    ``domain`` and an empty ``tag`` are filled in for it. ``located`` says that the answer has a Location;
    ``examples`` has a ``request`` and a ``reply`` for the OpenAPI document. With ``more_files`` the form's
    further fields are files, such as attachments by code.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    tag: str
    reply: type[BaseModel] | str
    role: Role | None = Role.VIEWER
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    parts: tuple[Part, ...] = ()
    also: tuple[int, ...] = ()
    site: bool = False
    durable: bool = False
    if_match: bool = False
    headers: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    domain: str = "kaigo_gateway"
    located: bool = False
    examples: Mapping[str, Any] = field(default_factory=dict)
    more_files: bool = False

    @property
    def name(self) -> str:
        """A stable operation id, such as ``get_setups_id_report``."""
        words = self.path.strip("/").replace("{", "").replace("}", "").replace(".", "_").replace("-", "_")
        return f"{self.method.lower()}_{words.replace('/', '_')}"

    def route(self, prefix: str) -> web.RouteDef:
        """The route below ``prefix``, with its role marked on the handler."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self.handler(request)

        marked = public(handle) if self.role is None else needs(self.role)(handle)
        return web.route(self.method, prefix + self.path, marked, name=self.name)

    def of_plugin(self, name: str, title: str, domain: str) -> Operation:
        """The same operation below a plugin's place."""
        path = f"/plugins/{name}{self.path}"
        return replace(self, path=path, tag=self.tag or title, domain=domain or self.domain)

    def said_of(self, part: Part, language: str) -> str:
        """What a part of the form is; "" where its name says it."""
        return translate(part.says, self.domain, language) if part.says else ""

    def said(self, language: str) -> str:
        """What it does, in one sentence."""
        return translate(self.summary, self.domain, language)


def reply(model: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A model as a JSON answer."""
    return web.Response(
        text=model.model_dump_json(by_alias=True), status=status, content_type=JSON, headers=headers
    )


PYDANTIC: Final = (
    N_("Field required"),
    N_("Extra inputs are not permitted"),
    N_("Input should be a valid string"),
    N_("Input should be a valid integer"),
    N_("Input should be a valid boolean"),
    N_("Input should be a valid dictionary"),
    N_("Input should be a valid list"),
    N_("Input should be a valid array"),
    N_("Input should be an object"),
    N_("Input should be a valid date"),
)
"""Pydantic's own sentences without values that a site document meets; those with values stay English."""


def mistakes(error: ValidationError) -> tuple[Mistake, ...]:
    """A model's mistakes by place, in the request's language; never the values."""
    return tuple(Mistake(place=place, why=why) for place, why in places_of(error)[:50])


async def read_body(request: web.Request) -> bytes:
    """The body, within its size and time; may be asked for again. Raises problems 408, 413."""
    kept: bytes | None = request.get(BODY)
    if kept is None:
        kept = request[BODY] = await _read(request)
    return kept


async def _read(request: web.Request) -> bytes:
    options = request.config_dict[OPTIONS]
    if (request.content_length or 0) > options.max_document:
        raise problem("TOO_LARGE")
    chunks, size = [], 0
    try:
        async with asyncio.timeout(options.body_time_limit):
            async for chunk in request.content.iter_chunked(65536):
                chunks.append(chunk)
                size += len(chunk)
                if size > options.max_document:
                    raise problem("TOO_LARGE")
    except TimeoutError:
        raise problem("TOO_SLOW") from None
    return b"".join(chunks)


async def json_body(request: web.Request) -> Any:
    """The body as JSON. Raises problems 400, 413, 415."""
    if request.content_type != JSON:
        raise problem("MEDIA_TYPE", Accept=JSON)
    try:
        return json.loads(await read_body(request), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise problem("NOT_JSON") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


async def model_body(request: web.Request, model: type[M]) -> M:
    """The body as a model. Raises problems 400, 413, 415, 422."""
    return validated(model, await json_body(request))


def validated(model: type[M], document: Any) -> M:
    """A document as a model. Raises problem 422 with the places of its mistakes."""
    try:
        return model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise problem("NOT_VALID", errors=mistakes(error)) from None


def query_of(request: web.Request, model: type[M]) -> M:
    """The query as a model. Raises problem 422."""
    if not request.query_string:
        return model()
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise problem("NOT_VALID", errors=mistakes(error)) from None
