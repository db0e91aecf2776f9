"""Sends the ledger's outbox, in order and at least once, to one HTTPS address.

A message is put into the outbox in the transaction that records what it tells, so none is lost and none tells
of something that was not recorded. The receiver knows a repeated one by its ``key``.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import structlog

from kaigo_gateway._version import __version__
from kaigo_gateway.delivery._errors import refused, unreachable
from kaigo_gateway.errors import GatewayError, InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import ClientSession

    from kaigo_gateway.ledger import Ledger
    from kaigo_gateway.model.secrets import SecretRef
    from kaigo_gateway.settings import Settings

SCHEMA: Final = "kaigo-gateway/delivery/1"
_BATCH: Final = 100
_TIME_LIMIT: Final = 30.0
_LONGEST_PAUSE: Final = 900.0
log = structlog.get_logger(__name__)


class Delivery:
    """Delivers whatever waits every ``delivery.every`` seconds while it is open as ``async with``.

    After a failure the pause doubles, to a quarter of an hour at most. ``trouble`` is the last failure, None
    while all is well.
    """

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger, self._settings, self._wanted = ledger, settings, settings.delivery
        self._task: asyncio.Task[None] | None = None
        self.trouble: GatewayError | None = None

    async def __aenter__(self) -> Self:
        if self._wanted.url is not None:
            self._task = asyncio.create_task(self._keep_sending())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def send(self) -> int:
        """Send all that waits; how many messages the server took.

        Raises :class:`NotDelivered` where it does not take them, :class:`InputError` where the settings name
        no server or the token cannot be read. What was taken before stays taken.
        """
        sent = 0
        async with self._session() as session:
            while rows := await self._ledger.unsent(_BATCH):
                await self._post(session, [{"key": key, **body} for _, key, body in rows])
                await self._ledger.mark_sent([number for number, _, _ in rows])
                sent += len(rows)
        return sent

    def _session(self) -> ClientSession:
        from aiohttp import ClientSession, ClientTimeout, TCPConnector

        if self._wanted.url is None:
            raise InputError(
                N_("The settings name no server to deliver messages to."),
                N_("Set delivery.url, and delivery.token where the server asks for one."),
            )
        headers = {"User-Agent": f"kaigo-gateway/{__version__}"}
        if self._wanted.token is not None:
            headers["Authorization"] = f"Bearer {self._token(self._wanted.token)}"
        return ClientSession(
            headers=headers,
            connector=TCPConnector(ssl=self._trust()),
            timeout=ClientTimeout(total=_TIME_LIMIT),
            trust_env=True,
        )

    def _token(self, named: SecretRef) -> str:
        token = named.resolve(self._settings.base).get_secret_value()
        if token.isascii() and token.isprintable():
            return token
        raise InputError(
            N_("The token that delivery.token names holds signs that cannot be sent."),
            N_("A token is one line of letters, digits and signs; look for a line break or wide letters."),
        )

    def _trust(self) -> ssl.SSLContext:
        file = self._wanted.ca_file
        if file is None:
            return ssl.create_default_context()
        try:
            return ssl.create_default_context(cafile=self._settings.base / file)
        except (OSError, ssl.SSLError) as error:
            raise InputError(
                N_("The certificates in {path} cannot be read: {why}."),
                N_("Name a PEM file as delivery.ca_file, or leave it out to trust what the system trusts."),
                path=self._settings.base / file,
                why=getattr(error, "strerror", None) or type(error).__name__,
            ) from None

    async def _post(self, session: ClientSession, messages: Sequence[dict[str, Any]]) -> None:
        from aiohttp import ClientError

        url = str(self._wanted.url)
        try:
            async with session.post(
                url, json={"schema": SCHEMA, "messages": messages}, allow_redirects=False
            ) as answer:
                if not 200 <= answer.status < 300:  # noqa: PLR2004 - taken
                    raise refused(url, answer.status)
        except (ClientError, TimeoutError, OSError, ValueError) as error:  # ValueError: no address at all
            raise unreachable(url, error) from error

    async def _keep_sending(self) -> None:
        pause = self._wanted.every
        while True:
            try:
                await self.send()
                self.trouble, pause = None, self._wanted.every
            except GatewayError as error:
                self.trouble, pause = error, min(pause * 2, _LONGEST_PAUSE)
                log.warning("messages_not_delivered", code=error.code, why=error.text("en"), again_in=pause)
            except Exception as error:  # a mistake of ours must not end deliveries for good
                self.trouble = unreachable(str(self._wanted.url), error)
                pause = min(pause * 2, _LONGEST_PAUSE)
                log.exception("messages_not_delivered", code=type(error).__name__, again_in=pause)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - not a secret
