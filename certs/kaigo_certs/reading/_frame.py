"""What is known of a PKCS#12 file without its password. Imports nothing: the worker process starts often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_STRONG: Final = ("aes128", "aes192", "aes256", "camellia", "aria", "seed")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame says. ``rounds``: the counts of all derivations; ``keys``: those in open safes."""

    ciphers: tuple[str, ...]
    mac: str
    rounds: tuple[int, ...]
    plain_key: bool
    bags: int
    keys: int = 0

    @property
    def weak(self) -> tuple[str, ...]:
        """The ciphers that are no longer considered safe."""
        return tuple(name for name in self.ciphers if not name.startswith(_STRONG))

    @property
    def protected(self) -> bool:
        """Whether a password plays any part."""
        return self.mac != "none" or bool(self.ciphers)
