"""The card's side of vpcd's wire: a two-byte big-endian length, then one control byte or an APDU.

Connected means inserted, hung up means pulled (pcscd looks every 0.4 s). A frame of length zero must never be
sent: vpcd would wait until the line drops.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

OFF: Final = 0
ON: Final = 1
RESET: Final = 2
ATR: Final = 4


class Card(Protocol):
    """What can be put on a virtual slot."""

    atr: bytes

    def reset(self) -> None:
        """Lose selection and login."""

    def process(self, apdu: bytes) -> bytes:
        """Answer one command; data and status word."""


@dataclass(slots=True)
class Faults:
    """Troubles of the reader or the contact, to be switched on by a test or the demo."""

    delay: float = 0.0
    """Seconds before each answer."""
    hang: bool = False
    """Take the command, answer only when this is switched off."""
    atr: bytes | None = None
    """Another answer to reset, for example garbage."""
    tear_after: int | None = None
    """Answer so many more commands, then cut the line."""
    canned: dict[int, list[bytes]] = field(default_factory=dict)
    """By instruction byte: answers given instead of the card's."""


class VirtualSlot:
    """One slot of a virtual reader. ``dial(port)`` makes the connection; retried until vpcd listens."""

    def __init__(self, dial: Callable[[int], socket.socket], port: int) -> None:
        self._dial, self.port = dial, port
        self.card: Card | None = None
        self.faults = Faults()
        self.commands = 0
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self, card: Card) -> None:
        """Put a card in (an inserted one is pulled first)."""
        self.remove()
        card.reset()
        self.card = card
        self._thread = threading.Thread(target=self._run, args=(card,), name="virtual-card", daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Pull the card."""
        self.card = None
        line, thread = self._line, self._thread
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        if thread is not None and thread is not threading.current_thread():
            thread.join(5)
        self._thread = None

    def _run(self, card: Card) -> None:
        while self.card is card:  # a restarted pcscd hangs up: the card still lies there and dials again
            try:
                with self._dial(self.port) as line:
                    self._line = line
                    self._serve(line, card)
            except OSError:
                time.sleep(0.02)
            finally:
                self._line = None

    def _serve(self, line: socket.socket, card: Card) -> None:
        line.settimeout(None)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while self.card is card:
            message = _receive(line, int.from_bytes(_receive(line, 2), "big"))
            if len(message) == 1 and message[0] != ATR:
                card.reset()
                continue
            answer = (self.faults.atr or card.atr) if len(message) == 1 else self._answer(card, message)
            if answer:
                line.sendall(len(answer).to_bytes(2, "big") + answer)

    def _answer(self, card: Card, apdu: bytes) -> bytes:
        faults = self.faults
        self.commands += 1
        if faults.tear_after is not None:
            if faults.tear_after == 0:
                faults.tear_after, self.card = None, None
                raise ConnectionAbortedError
            faults.tear_after -= 1
        while faults.hang and self.card is card:
            time.sleep(0.01)
        if faults.delay:
            time.sleep(faults.delay)
        queue = faults.canned.get(apdu[1])
        return queue.pop(0) if queue else card.process(apdu)


def _receive(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        # vpcd sends length and body apart; without this each command costs 44 ms of delayed acknowledgement
        if hasattr(socket, "TCP_QUICKACK"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = line.recv(count - len(data))
        if not part:
            raise ConnectionResetError
        data += part
    return data
