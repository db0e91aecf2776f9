"""Redaction by value: whatever secret was resolved never appears in a log, a finding or a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MASK: Final = "***"
_SHORTEST: Final = 4  # shorter values occur in ordinary text by chance


class Redactor:
    """Knows secret values and takes them out of any JSON-like structure."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def learn(self, secret: str) -> None:
        """Remember a secret value; values shorter than four characters are not looked for."""
        if len(secret) >= _SHORTEST:
            self._secrets.add(secret)

    def clean(self, value: Any) -> Any:
        """A copy of ``value`` without any known secret."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.clean(key): self.clean(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(each) for each in value]
        return value

    def text(self, text: str) -> str:
        """``text`` without any known secret."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def processor(self, _logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
        """A structlog processor for the embedding product to put into its chain."""
        cleaned: dict[str, Any] = self.clean(event)
        return cleaned
