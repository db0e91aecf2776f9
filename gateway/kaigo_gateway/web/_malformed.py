"""What comes before there is a request: bytes that are no HTTP get our answer, in both languages.

aiohttp calls ``RequestHandler.handle_error`` for what its parser refuses, and for what no middleware of an
application can catch. Whose reader's language it is cannot be known, as no header was read.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import InvalidHeader, InvalidURLError, LineTooLong

from kaigo_gateway.i18n import LANGUAGES, N_, translate
from kaigo_gateway.web._problems import MEDIA_TYPE, problem
from kaigo_gateway.web.safety import HEADERS, SERVER

if TYPE_CHECKING:
    from collections.abc import Mapping

log = structlog.get_logger(__name__)

_WHY: Final[Mapping[type[Exception], str]] = {
    LineTooLong: N_("The address or a header is longer than 8,190 bytes."),
    InvalidURLError: N_("The address in the first line is not one."),
    InvalidHeader: N_("A header is malformed."),
}
_OTHERWISE: Final = N_("The bytes that came are not a request of HTTP/1.1, or say two things at once.")
_TOGETHER: Final = " / "


class Speaking(web.RequestHandler):
    """A connection that answers malformed bytes as everything else is answered here, and then closes."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """A problem without the bytes and without aiohttp's name; it is logged as before.

        Raises :class:`ConnectionError` where an answer has begun already.
        """
        super().handle_error(request, status, exc, message)
        response = malformed(status, exc)
        response.force_close()
        return response


def _trouble(status: int, error: BaseException | None) -> tuple[str, str]:
    """Code and detail; where the mistake is ours (a plugin's handler gave no answer) a number for the log."""
    if status >= 500:  # noqa: PLR2004 - statuses of HTTP
        number = secrets.token_hex(6)
        log.error("answer_failed", number=number, kind=type(error).__name__)
        return "INTERNAL", number
    why = next((text for kind, text in _WHY.items() if isinstance(error, kind)), _OTHERWISE)
    return "BAD_REQUEST", _TOGETHER.join(translate(why, language=language) for language in LANGUAGES)


def malformed(status: int, error: BaseException | None) -> web.Response:
    """The answer; its texts are Japanese and English, one behind the other."""
    code, detail = _trouble(status, error)
    said = [problem(code).details(language) for language in LANGUAGES]
    body: dict[str, Any] = said[0].model_dump(mode="json")
    body |= {"title": _TOGETHER.join(each.title for each in said), "detail": detail, "status": status}
    headers = {
        **HEADERS,
        "Server": SERVER,
        "Cache-Control": "no-store",
        "Content-Language": ", ".join(LANGUAGES),
    }
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type=MEDIA_TYPE, headers=headers)
