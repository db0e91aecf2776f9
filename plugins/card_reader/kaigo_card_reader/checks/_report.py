"""What the exercise of one reader found out, before it becomes a finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.results import Phase

    from kaigo_card_reader.card._facts import Token
    from kaigo_card_reader.drivers._interface import ReaderInfo


@dataclass(slots=True)
class Exercise:
    """Filled step by step; what was reached before a trouble stays."""

    reader: str
    driver: str
    code: str = "READER_EXERCISED"
    seen: dict[str, Any] = field(default_factory=dict)
    atr: bytes = b""
    token: Token | None = None
    tries: dict[str, int | None] = field(default_factory=dict)
    validity: str | None = None
    until: str | None = None
    info: ReaderInfo | None = None
    apdus: int = 0
    phases: list[Phase] = field(default_factory=list)

    def evidence(self) -> Mapping[str, Any]:
        """The allow-listed facts; None values are left out."""
        from kaigo_card_reader.card._atr import describe
        from kaigo_card_reader.data import recognise

        model = recognise(self.reader, self.info)
        facts = {
            "driver": self.driver,
            "model": model.name if model else (self.info.model if self.info else None),
            "model_known": model is not None,
            "compatible": model.compatible if model else "unknown",
            "count": 1,
            "serials": [self.info.serial] if self.info and self.info.serial else [],
            "firmware": self.info.firmware if self.info else None,
            "interface_hint": describe(self.atr),
            "token": self.token.value if self.token else None,
            "tries_left": self.tries or None,
            "certificate_validity": self.validity,
            "certificate_until": self.until,
            "apdus": self.apdus,
        }
        return {key: value for key, value in facts.items() if value is not None}


EVIDENCE = (
    "driver",
    "model",
    "model_known",
    "compatible",
    "count",
    "serials",
    "firmware",
    "interface_hint",
    "token",
    "tries_left",
    "certificate_validity",
    "certificate_until",
    "apdus",
    "simulated",
)
"""Allow-list of the evidence of ``reader.exercise``."""
