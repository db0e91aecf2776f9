"""The desk at which claims are kept: programmes say how claims live, the ledger holds what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.claims._asking import asked
from kaigo_gateway.claims._reading import case_of, entry_of, like, not_in_the_future, today
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.ledger import CaseBook, CaseHead, CaseMoved, CaseTaken
from kaigo_gateway.model.cases import Case, CaseEntry, Examination
from kaigo_gateway.model.claims import Claim
from kaigo_gateway.plugins._programmes import grant_programmes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.ledger import CaseRow
    from kaigo_gateway.model.cases import CaseDay, CaseMove, LifeCycle
    from kaigo_gateway.model.descriptors import GrantProgramme

_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class ClaimProgramme:
    """A programme whose claims can be kept; ``domain`` is the catalogue of its texts."""

    programme: GrantProgramme
    life: LifeCycle
    domain: str

    @property
    def id(self) -> str:
        """Name and year, such as ``kiban-office/2026``."""
        return f"{self.programme.id}/{self.programme.fiscal_year}"

    def moves(self, case: Case) -> Sequence[CaseMove]:
        """What a claim can become from where it stands."""
        return self.life.moves.get(case.state, ())


class ClaimDesk:
    """Opens claims and moves them on: ``gateway.claims``.

    Each move is judged by the programme against the whole history and entered in one transaction; where
    somebody else entered something in between it is judged again, or refused if ``expect`` says so.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.book = CaseBook(gateway.ledger)

    async def programmes(self) -> list[ClaimProgramme]:
        """The programmes that say how their claims live, in the order of their plugins."""
        known = await grant_programmes(self._gateway)
        return [ClaimProgramme(each, each.life, domain) for each, domain in known if each.life is not None]

    async def programme(self, name: str, year: int) -> ClaimProgramme:
        """One programme. Raises :class:`InputError` where no plugin says how its claims live."""
        return self._pick(await self.programmes(), name, year)

    async def of_setup(self, setup_id: str) -> tuple[ClaimProgramme, Claim]:
        """The programme of a Setup and the claim that it would make. Raises :class:`InputError`."""
        view = await self._gateway.view(setup_id)
        known = await self.programmes()
        any_year = next((each for each in known if each.programme.id == view.site.programme), None)
        if any_year is None:
            raise self._unknown(known, view.site.programme)
        claim = await asked(any_year.id, Claim, any_year.life.claim_of, view)
        return self._pick(known, claim.programme, claim.fiscal_year), claim

    def _pick(self, known: Sequence[ClaimProgramme], name: str, year: int) -> ClaimProgramme:
        for each in known:
            if (each.programme.id, each.programme.fiscal_year) == (name, year):
                return each
        raise self._unknown(known, f"{name}/{year}")

    def _unknown(self, known: Sequence[ClaimProgramme], wanted: str) -> InputError:
        broken = sorted({problem.plugin for problem in self._gateway.host.problems})
        error = InputError(
            N_("No plugin keeps claims of the programme {programme}."),
            N_("Known programmes: {known}."),
            programme=wanted,
            known=[each.id for each in known] or "-",
            broken=broken,
        )
        if broken:
            error.further = (N_("These plugins could not be used: {broken}. `plugins list` says why."),)
        return error

    async def open_for(self, setup_id: str, entry: Mapping[str, Any]) -> Case:
        """Begin the claim of a Setup; a simulated Setup's claim is marked and stands in nobody's way."""
        programme, claim = await self.of_setup(setup_id)
        row = await self._gateway.ledger.row(setup_id)
        head = CaseHead(claim.programme, claim.fiscal_year, row.office_number, bool(row.simulated), setup_id)
        return await self._open(programme, head, entry, {"setup_hash": row.head_hash})

    async def open(self, programme: str, year: int, office_number: str, entry: Mapping[str, Any]) -> Case:
        """Begin a claim that comes from no Setup; ``entry`` may hold ``on``, ``override``, ``by``.

        Raises :class:`CaseTaken` for the second claim of an office number, :class:`MoveRefused` as the
        programme says.
        """
        found = await self.programme(programme, year)
        return await self._open(found, CaseHead(programme, year, office_number), entry, {})

    async def _open(
        self,
        programme: ClaimProgramme,
        head: CaseHead,
        entry: Mapping[str, Any],
        more: Mapping[str, Any],
    ) -> Case:
        wanted = entry_of({**entry, "state": programme.life.first})
        like(head, wanted)
        not_in_the_future(wanted)
        known = await self.of_office(head.office_number, head.programme, simulated=head.simulated)
        kept = await asked(programme.id, CaseEntry, programme.life.begin, wanted, known)
        try:
            row = await self.book.open(head, kept.state, {"entry": kept.body(), **more})
        except CaseTaken as error:
            raise error.naming(programme.life.named) from None
        return await self.case(row.id)

    async def move(self, case_id: str, entry: Mapping[str, Any], *, expect: str | None = None) -> Case:
        """Enter what happened to a claim. ``expect`` is the hash of the last entry that the caller saw.

        Raises :class:`UnknownCase`, :class:`MoveRefused`, and :class:`CaseMoved` where ``expect`` is old.
        """
        wanted = entry_of(entry)
        not_in_the_future(wanted)
        for _ in range(_TRIES):
            case = await self.case(case_id)
            if expect is not None and case.entries[-1].hash != expect:
                raise CaseMoved(case_id)
            programme = await self.programme(case.programme, case.fiscal_year)
            programme.life.move(case.state, wanted.state)
            kept = await asked(programme.id, CaseEntry, programme.life.judge, case, wanted)
            try:
                await self.book.append(case_id, kept.state, {"entry": kept.body()}, after=len(case.entries))
            except CaseMoved:
                continue
            return await self.case(case_id)
        raise CaseMoved(case_id)

    async def claim_of(self, case: Case) -> Claim | None:
        """What a claim's Setup would claim today; None for a claim that comes from no Setup."""
        if case.setup_id is None:
            return None
        _, made = await self.of_setup(case.setup_id)
        return made.model_copy(update={"applied_on": today()})

    async def examine(
        self, claim: Claim, files: Mapping[str, Sequence[Path]], setup_id: str | None = None
    ) -> Examination:
        """Assess a claim and look at its attachments (by code); nothing is kept. Raises :class:`InputError`.

        With ``setup_id`` the programme also sees what that Setup proved.
        """
        programme = await self.programme(claim.programme, claim.fiscal_year)
        view = None if setup_id is None else await self._gateway.view(setup_id)
        return await asked(programme.id, Examination, programme.life.examine, claim, files, view)

    async def days(self, case: Case) -> list[CaseDay]:
        """The days that follow from where a claim stands."""
        programme = await self.programme(case.programme, case.fiscal_year)
        return list(await asked(programme.id, tuple, lambda: tuple(programme.life.days(case))))

    async def case(self, case_id: str) -> Case:
        """One claim with its history. Raises :class:`UnknownCase`."""
        row = await self.book.row(case_id)
        return case_of(row, await self.book.records(case_id))

    async def cases(self, *, limit: int = 100, after: str | None = None, **equal: Any) -> list[CaseRow]:
        """Claims by id; ``equal`` narrows them (``office_number``, ``programme``, ``state`` …)."""
        return await self.book.rows(limit=limit, after=after, **equal)

    async def every(self, **equal: Any) -> AsyncIterator[Case]:
        """All claims with their histories, page by page."""
        last: str | None = None
        while page := await self.book.rows(limit=500, after=last, **equal):
            for row in page:
                yield await self.case(row.id)
            last = page[-1].id

    async def of_office(self, number: str, programme: str, *, simulated: bool = False) -> list[Case]:
        """The claims of an office number in a programme, of any year."""
        rows = await self.book.rows(
            limit=1000, office_number=number, programme=programme, simulated=simulated
        )
        return [await self.case(row.id) for row in rows]

    async def of_setups_office(self, setup_id: str) -> Case | None:
        """The claim of a Setup's office number; None if there is none. Raises :class:`InputError`."""
        programme, claim = await self.of_setup(setup_id)
        row = await self._gateway.ledger.row(setup_id)
        found = await self.of_office(row.office_number, programme.programme.id, simulated=bool(row.simulated))
        return next((each for each in found if each.fiscal_year == claim.fiscal_year), None)
