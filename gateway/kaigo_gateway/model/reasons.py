"""Reason codes: one book per package, texts as message ids, rendered when they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kaigo_gateway.i18n import translate
from kaigo_gateway.model.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kaigo_gateway.model.results import Actor, Finding, Phase, Status


@dataclass(frozen=True, slots=True)
class Reason:
    """One stable reason code.

    ``status`` is the usual status of a finding with this code; ``message`` and ``steps`` are message ids
    (marked with ``N_``) with ``{placeholders}`` that the finding's ``seen`` fills; ``actor`` says who acts.
    A non-ok reason has at least one step.
    """

    code: str
    status: Status
    message: str
    steps: tuple[str, ...] = ()
    actor: Actor | None = None


class _Unknown(dict[str, Any]):
    """A value that a finding did not bring is shown as ``?`` rather than raising."""

    def __missing__(self, key: str) -> str:
        return "?"


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Put ``values`` into ``{placeholders}``; a missing one becomes ``?``."""
    shown = {
        key: ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else value
        for key, value in values.items()
    }
    return text.format_map(_Unknown(shown))


@dataclass(slots=True)
class ReasonBook:
    """The reason codes of one package (``domain`` is its import name and its message catalogue)."""

    domain: str
    _reasons: dict[str, Reason] = field(default_factory=dict)

    def add(self, *reasons: Reason) -> ReasonBook:
        """Enter codes; ``ValueError`` for a code given twice or a trouble without a remedy."""
        for reason in reasons:
            if reason.code in self._reasons:
                raise ValueError(f"reason code {reason.code} stands twice in {self.domain}")
            if reason.status not in {"ok", "skip"} and not (reason.steps and reason.actor):
                raise ValueError(f"reason code {reason.code} needs remedy steps and an actor")
            self._reasons[reason.code] = reason
        return self

    def __iter__(self) -> Iterator[Reason]:
        return iter(self._reasons.values())

    def __contains__(self, code: str) -> bool:
        return code in self._reasons

    def __getitem__(self, code: str) -> Reason:
        return self._reasons[code]

    def message(self, code: str, seen: Mapping[str, Any], language: str | None = None) -> str:
        """The reason's sentence in ``language``."""
        said = translate(self[code].message, self.domain, language)
        return fill(said, shown(seen, self.domain, language))

    def steps(self, code: str, seen: Mapping[str, Any], language: str | None = None) -> list[str]:
        """The remedy, step by step, in ``language``."""
        values = shown(seen, self.domain, language)
        return [fill(translate(step, self.domain, language), values) for step in self[code].steps]

    def finding(  # noqa: PLR0913 - every part of a result, by name
        self,
        code: str,
        *,
        status: Status | None = None,
        subject: str | None = None,
        seen: Mapping[str, Any] | None = None,
        evidence: Mapping[str, Any] | None = None,
        phases: Iterable[Phase] = (),
    ) -> Finding:
        """A finding with this code; ``KeyError`` if the book does not have it."""
        from kaigo_gateway.model.results import Finding

        reason = self[code]
        return Finding(
            status=status or reason.status,
            reason_code=code,
            actor=reason.actor,
            subject=subject,
            seen=seen or {},
            evidence=evidence or {},
            phases=tuple(phases),
        )
