"""A Setup at a glance: what comes next, and how many days are left. Remembered by the head of its record."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from kaigo_gateway._reports import assessment_in
from kaigo_gateway.setup import read_state
from kaigo_gateway.setup._state import JAPAN
from kaigo_gateway.web._next import next_step
from kaigo_gateway.web._setups import detail_of

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.ledger import SetupRow
    from kaigo_gateway.setup import SetupState
    from kaigo_gateway.web.api.models import SetupDetail

_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Glance:
    """``deadline`` is the last day to apply, ``expiry`` the certificate's last day; None where unknown."""

    setup: SetupDetail
    next_step: str
    deadline: date | None
    expiry: date | None

    def days_to(self, day: date | None) -> int | None:
        """Days from today in Japan to ``day``."""
        return None if day is None else (day - datetime.now(UTC).astimezone(JAPAN).date()).days

    @property
    def deadline_days(self) -> int | None:
        """Days left to apply."""
        return self.days_to(self.deadline)

    @property
    def expiry_days(self) -> int | None:
        """Days left of the certificate."""
        return self.days_to(self.expiry)


class Glances:
    """Reads states only of Setups whose record has grown."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], SetupState] = OrderedDict()

    async def state(self, gateway: Gateway, row: SetupRow) -> SetupState:
        """The state that belongs to a row; to be read only."""
        key = (row.id, row.head_hash)
        state = self._known.get(key)
        if state is None:
            state = self._known[key] = read_state(await gateway.ledger.records(row.id))
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return state

    async def of(self, gateway: Gateway, row: SetupRow, language: str) -> Glance:
        """One Setup at a glance."""
        state = await self.state(gateway, row)
        detail = detail_of(gateway, row, state, language)
        return Glance(detail, next_step(detail), _deadline(state), _expiry(state))


def _deadline(state: SetupState) -> date | None:
    assessment = assessment_in(state.findings)
    closes = (assessment or {}).get("dates", {}).get("window_closes")
    return date.fromisoformat(closes) if closes else None


def _expiry(state: SetupState) -> date | None:
    ends = [
        finding.evidence["not_after"]
        for check_id, findings in state.findings.items()
        if check_id.startswith("certificate.")
        for finding in findings
        if "not_after" in finding.evidence
    ]
    return datetime.fromisoformat(ends[-1]).astimezone(JAPAN).date() if ends else None
