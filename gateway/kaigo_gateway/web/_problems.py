"""Troubles of a request as RFC 9457 problem details, with stable codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import Field

from kaigo_gateway.errors import CouldNotRun, GatewayError, InputError, NotInstalled
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.ledger import (
    Busy,
    CaseMoved,
    CaseTaken,
    Fenced,
    SetupMoved,
    UnknownCase,
    UnknownSetup,
)
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.cases import MoveRefused
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE: Final = "application/problem+json"


class Mistake(Model):
    """One mistake in what was sent: its place (``office.number``) and why; never the value."""

    place: str
    why: str


class ProblemDetails(Model):
    """RFC 9457. ``code`` is stable and names the trouble; ``title`` and ``detail`` are for people."""

    type: str = Field(description="urn:kaigo-gateway:problem:<code in lower case>")
    title: str
    status: int
    detail: str = ""
    code: str
    errors: tuple[Mistake, ...] = ()


class Problem(Exception):
    """Raised by a handler; becomes the answer. ``title`` is a message id."""

    def __init__(  # noqa: PLR0913 - the parts of a problem, by name
        self,
        status: int,
        code: str,
        title: str,
        *,
        detail: str = "",
        errors: tuple[Mistake, ...] = (),
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.errors, self.headers, self.values = errors, dict(headers or {}), values

    def details(self, language: str) -> ProblemDetails:
        """The problem in one language."""
        return ProblemDetails(
            type=f"urn:kaigo-gateway:problem:{self.code.lower().replace('_', '-')}",
            title=fill(translate(self.title, language=language), self.values),
            status=self.status,
            detail=self.detail,
            code=self.code,
            errors=tuple(
                Mistake(place=each.place, why=translate(each.why, language=language)) for each in self.errors
            ),
        )


CODES: Final[Mapping[str, tuple[int, str]]] = {
    "NOT_FOUND": (404, N_("There is nothing at this address.")),
    "METHOD_NOT_ALLOWED": (405, N_("This address does not know that method.")),
    "TOO_LARGE": (413, N_("More was sent than is accepted here.")),
    "BAD_REQUEST": (400, N_("The request could not be understood.")),
    "NOT_JSON": (400, N_("The body is not valid JSON.")),
    "MEDIA_TYPE": (415, N_("This kind of body is not accepted here.")),
    "NOT_VALID": (422, N_("What was sent is not valid.")),
    "INPUT_ERROR": (422, N_("What was sent cannot be used.")),
    "SETUP_UNKNOWN": (404, N_("There is no such Setup in this ledger.")),
    "SETUP_BUSY": (409, N_("The Setup is being worked on right now.")),
    "CLAIM_UNKNOWN": (404, N_("There is no such claim in this ledger.")),
    "CLAIM_TAKEN": (409, N_("The office number has a claim already.")),
    "CLAIM_NEEDED": (422, N_("What is claimed is not known: name a claim, a Setup or a kept claim.")),
    "MOVE_REFUSED": (409, N_("The claim cannot make this move now.")),
    "PRECHECK_UNKNOWN": (422, N_("This pre-check is not known any more; send the files again.")),
    "NOT_INSTALLED": (409, N_("An optional part is not installed.")),
    "COULD_NOT_RUN": (503, N_("The service cannot do this right now.")),
    "LOGIN_NEEDED": (401, N_("Please sign in.")),
    "ROLE_TOO_LOW": (403, N_("Your role does not allow this.")),
    "CROSS_SITE": (403, N_("The request came from another site and was refused.")),
    "HOST_NOT_ALLOWED": (421, N_("The service is not known under this name.")),
    "TOO_MANY_ATTEMPTS": (429, N_("Too many attempts; please wait a moment.")),
    "TOO_MANY_STREAMS": (429, N_("You hold too many streams open; close some of them.")),
    "TOO_SLOW": (408, N_("The body did not arrive in time.")),
    "FILE_MISSING": (422, N_("Exactly one file is wanted in this field.")),
    "NO_ASSESSMENT": (404, N_("This Setup has no assessment yet.")),
    "PATH_NOT_ALLOWED": (422, N_("The document names a file outside the allowed folders.")),
    "KEY_REUSED": (422, N_("This Idempotency-Key was used for another request.")),
    "KEY_IN_USE": (409, N_("A request with this Idempotency-Key is still running.")),
    "ANSWER_NOT_KEPT": (409, N_("It was done under this Idempotency-Key already; its answer is not kept.")),
    "CHANGED_MEANWHILE": (412, N_("It was changed meanwhile.")),
    "INTERNAL": (500, N_("The service made a mistake; it is in the log under this number.")),
}
"""Every code that the service itself answers with, its status and its title."""


def problem(code: str, *, detail: str = "", errors: tuple[Mistake, ...] = (), **headers: str) -> Problem:
    """A problem by its code; keyword arguments become headers (``Retry_After`` is ``Retry-After``)."""
    status, title = CODES[code]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Problem(status, code, title, detail=detail, errors=errors, headers=named)


_BY_STATUS: Final = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE", 408: "TOO_SLOW"}


def problem_of(error: Exception, language: str) -> Problem | None:
    """The problem that an exception means, or None for a mistake of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, web.HTTPException):
        headers = {key: value for key, value in error.headers.items() if key in {"Allow", "Retry-After"}}
        known = problem(_BY_STATUS.get(error.status, "BAD_REQUEST"), detail="", errors=(), **headers)
        known.status = error.status
        return known
    if isinstance(error, (HttpProcessingError, web.RequestPayloadError)):
        return problem("BAD_REQUEST")
    if isinstance(error, Fenced):
        return problem("SETUP_BUSY")
    if isinstance(error, GatewayError):
        return problem(_code_of(error), detail=error.text(language))
    return None


_KINDS: Final[Mapping[type[GatewayError], str]] = {
    UnknownSetup: "SETUP_UNKNOWN",
    UnknownCase: "CLAIM_UNKNOWN",
    CaseTaken: "CLAIM_TAKEN",
    CaseMoved: "CHANGED_MEANWHILE",
    SetupMoved: "CHANGED_MEANWHILE",
    MoveRefused: "MOVE_REFUSED",
    Busy: "SETUP_BUSY",
    NotInstalled: "NOT_INSTALLED",
}


def _code_of(error: GatewayError) -> str:
    for kind, code in _KINDS.items():
        if isinstance(error, kind):
            return code
    if isinstance(error, InputError):
        return "INPUT_ERROR"
    assert isinstance(error, (CouldNotRun, GatewayError))
    return "COULD_NOT_RUN"


def problem_response(trouble: Problem, language: str) -> web.Response:
    """The answer for a program."""
    body: Any = trouble.details(language).model_dump(mode="json")
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        status=trouble.status,
        headers=trouble.headers,
        content_type=MEDIA_TYPE,
    )
