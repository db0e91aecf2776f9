"""Why messages could not be delivered, in words for a person."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_

_REFUSED: Final = (
    N_("The server {url} refused the messages (HTTP {status})."),
    N_("Nothing is lost. Check delivery.token of the settings with whoever runs that server."),
)
_NOT_TAKEN: Final = (
    N_("The server {url} did not take the messages (HTTP {status})."),
    N_("Nothing is lost; it is tried again. Whoever runs that server finds the reason in its log."),
)
_ELSEWHERE: Final = (
    N_("The server {url} points to another address (HTTP {status}); messages are not sent there."),
    N_("Nothing is lost. Enter the address that the server really has as delivery.url of the settings."),
)
_UNREACHABLE: Final = (
    N_("The server {url} could not be reached: {why}."),
    N_("Nothing is lost; it is tried again. Check the address, this machine's network and its proxy."),
)


class NotDelivered(CouldNotRun):
    """The vendor's server did not take the messages; they wait in the ledger. Exit code 3."""

    code = "NOT_DELIVERED"


def refused(url: str, status: int) -> NotDelivered:
    """The server's answer was no 2xx."""
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        words = _REFUSED
    else:
        words = _ELSEWHERE if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST else _NOT_TAKEN
    return NotDelivered(*words, url=url, status=status)


def unreachable(url: str, error: BaseException) -> NotDelivered:
    """There was no answer at all."""
    return NotDelivered(*_UNREACHABLE, url=url, why=str(error) or type(error).__name__)
