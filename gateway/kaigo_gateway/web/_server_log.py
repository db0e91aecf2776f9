"""What aiohttp says of its connections, as structlog events: malformed bytes are no error of ours."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError

log = structlog.get_logger(__name__)


class ServerLog(logging.Logger):
    """Given to aiohttp in the place of its own logger, which would print tracebacks to standard error."""

    def __init__(self) -> None:
        super().__init__("kaigo_gateway.web.server", logging.DEBUG)

    def handle(self, record: logging.LogRecord) -> None:
        """Say it in our way."""
        info = record.exc_info if isinstance(record.exc_info, tuple) else sys.exc_info()
        error: Any = info[1]
        if isinstance(error, (HttpProcessingError, RequestPayloadError)):
            log.info("request_malformed", kind=type(error).__name__)
        elif record.levelno >= logging.ERROR:
            log.error("server_failed", what=record.getMessage(), exc_info=error)
        else:
            log.debug("server_said", what=record.getMessage())
