"""Findings of the checker: positions and shapes, no values of personal fields unless asked for."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from kaigo_gateway.i18n import current_language
from kaigo_gateway.model.reasons import fill

from kaigo_careplan_link.files._rules import rules
from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_careplan_link.files._rules import Severity

SHOWN_EACH = 10
"""Findings of one code in one field that are listed; further ones are only counted."""
_SEEN_LENGTH = 60


class Problem(NamedTuple):
    """What a check answers before place and severity are known; ``at`` is a byte offset inside the field."""

    code: str
    field: int = 0
    seen: str | None = None
    values: Mapping[str, Any] | None = None
    at: int | None = None
    open: bool = False
    """True where ``seen`` may be shown although the field is personal (a code point, a count)."""


def shape(text: str) -> str:
    """The shape of a value: 9 for digits, A, あ, ア, 漢 … so that nobody can be recognised.

    >>> shape("2026/04/01 見本 花子")
    '9999/99/99 漢漢 漢漢'
    """
    return "".join(_SHAPE.get(c) or _shape_of(c) for c in text[:_SEEN_LENGTH]) + (
        "…" if len(text) > _SEEN_LENGTH else ""
    )


def _shape_of(char: str) -> str:
    name = unicodedata.name(char, "")
    category = unicodedata.category(char)
    if category in {"Nd", "No"}:
        found = "９" if name.startswith("FULLWIDTH") else "9"
    elif "HIRAGANA" in name:
        found = "あ"
    elif "KATAKANA" in name:
        found = "ｱ" if name.startswith("HALFWIDTH") else "ア"
    elif category.startswith("L"):
        found = "漢" if category == "Lo" else ("Ａ" if name.startswith("FULLWIDTH") else "A")
    elif category in {"Cc", "Cf", "Co", "Cn", "Cs"}:
        found = f"<U+{ord(char):04X}>"
    else:
        found = char
    _SHAPE[char] = found
    return found


_SHAPE: dict[str, str] = {}


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One finding: ``row`` and ``field`` count from 1 (None: whole file), ``offset`` is a byte position."""

    severity: Severity
    code: str
    row: int | None = None
    field: int | None = None
    seen: str | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    kind: str | None = None
    offset: int | None = None

    def message(self, language: str | None = None) -> str:
        """The sentence in ``ja`` or ``en``."""
        language = language or current_language()
        text = rules()[self.code].message.text(language)
        return fill(text, {"seen": self.seen if self.seen is not None else "", **self.values})

    @property
    def field_name(self) -> str | None:
        """The Japanese name of the field, as the standard prints it."""
        if self.field is None or self.kind is None:
            return None
        return standard().fields(self.kind)[self.field - 1].name

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """The finding as JSON types (schema kaigo-gateway/careplan/1)."""
        return {
            "severity": self.severity,
            "code": self.code,
            "row": self.row,
            "field": self.field,
            "field_name": self.field_name,
            "seen": self.seen,
            "offset": self.offset,
            "message": self.message(language),
            "standard": standard().version,
            "kind": self.kind,
            "actor": rules()[self.code].actor,
        }


class Collector:
    """Gathers the findings of one file or unit, by the severities of the chosen profile."""

    def __init__(
        self, severities: Mapping[str, Severity], *, kind: str | None = None, show_values: bool = False
    ) -> None:
        self.severities, self.kind, self.show_values = severities, kind, show_values
        self.findings: list[Finding] = []
        self.counts: Counter[tuple[str, int]] = Counter()
        self._listed: set[tuple[str, str | None]] = set()
        self._more: Counter[str] = Counter()

    def full(self, problem: Problem) -> bool:
        """True when further findings of this kind are only counted."""
        if (problem.code, problem.seen) in self._listed:
            return True
        return self.counts[problem.code, problem.field] >= SHOWN_EACH

    def add(self, problem: Problem, *, row: int | None = None, offset: int | None = None) -> None:
        """Take one problem; a switched-off rule is dropped, a frequent one only counted."""
        severity = self.severities[problem.code]
        if severity == "off":
            return
        if self.full(problem):
            self._more[problem.code] += 1
            return
        self.counts[problem.code, problem.field] += 1
        if rules()[problem.code].once:
            self._listed.add((problem.code, problem.seen))
        self.findings.append(
            Finding(
                severity,
                problem.code,
                row,
                problem.field or None,
                self._seen(problem),
                self._values(problem),
                self.kind,
                offset,
            )
        )

    def add_many(self, problem: Problem, count: int) -> None:
        """Count ``count`` more findings of a kind that is already listed often enough."""
        if self.severities[problem.code] != "off":
            self._more[problem.code] += count

    def _hidden(self, problem: Problem) -> bool:
        """True where values may not be shown: personal items, and items of a file whose kind is not known."""
        if self.show_values or problem.open or not problem.field:
            return False
        return self.kind is None or standard().fields(self.kind)[problem.field - 1].personal

    def _seen(self, problem: Problem) -> str | None:
        if problem.seen is None or self.show_values or problem.open:
            return problem.seen
        return shape(problem.seen) if self._hidden(problem) else problem.seen[:_SEEN_LENGTH]

    def _values(self, problem: Problem) -> Mapping[str, Any]:
        """The values of the message; a piece of a hidden value is shown as its shape."""
        values = problem.values or {}
        if not self._hidden(problem) or not problem.seen:
            return values
        return {
            key: shape(value) if isinstance(value, str) and value in problem.seen else value
            for key, value in values.items()
        }

    def not_shown(self) -> dict[str, int]:
        """How many findings of each code were only counted."""
        return dict(self._more)

    def sorted(self) -> list[Finding]:
        """Findings in reading order: the whole file first, then by row and field."""
        return sorted(self.findings, key=lambda one: (one.row or 0, one.field or 0, one.code))
