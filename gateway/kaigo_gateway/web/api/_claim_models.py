"""What the REST API says of claims and takes for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.cases import EvidenceFile
from kaigo_gateway.model.claims import Yen
from kaigo_gateway.model.results import Status
from kaigo_gateway.model.site import OfficeNumber

Name = Annotated[str, Field(min_length=1, max_length=200)]
Line = Annotated[str, Field(max_length=500)]


class ClaimsQuery(Model):
    """Which claims, and how many of them at once."""

    office: str | None = Field(default=None, max_length=20, description="office number")
    programme: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=40)
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = Field(default=None, max_length=200, description="id of the page before's last claim")


class ClaimSummary(Model):
    """A claim in a list."""

    id: str
    programme: str
    fiscal_year: int
    office_number: str
    simulated: bool
    setup_id: str | None
    state: str
    opened_at: str = Field(description="UTC, ISO 8601")


class ClaimPage(Model):
    """Claims by id; ``next`` is the address of the next page."""

    items: tuple[ClaimSummary, ...]
    next: str | None = None


class ClaimEvent(Model):
    """One thing that happened to a claim. ``hash`` is its link in the ledger's chain of claims."""

    state: str
    state_title: str
    on: date
    evidence: str
    amount: int | None
    override: str
    file: EvidenceFile | None
    by: str
    facts: Mapping[str, Any]
    at: str
    hash: str


class MoveInfo(Model):
    """A move that the claim can make now. ``evidence`` and ``amount`` say what is asked for, "" nothing.

    ``examined`` moves need the id of a pre-check (``POST /api/v1/prechecks``) or a reason in ``override``.
    """

    state: str
    title: str
    evidence: str
    amount: str
    examined: bool


class DayInfo(Model):
    """A day that follows from where the claim stands; ``open_day`` is the last business day up to it."""

    code: str = Field(description="stable, such as payment_by")
    title: str
    day: date
    open_day: date


class AttachmentInfo(Model):
    """A paper that the application wants; ``code`` is the field's name in a pre-check."""

    code: str
    title: str
    max_files: int


class ClaimDetail(Model):
    """A claim with everything that happened to it, what can come next and which days matter."""

    id: str
    programme: str
    programme_title: str
    fiscal_year: int
    office_number: str
    simulated: bool
    setup_id: str | None
    state: str
    state_title: str
    history: tuple[ClaimEvent, ...]
    moves: tuple[MoveInfo, ...]
    days: tuple[DayInfo, ...]
    attachments: tuple[AttachmentInfo, ...]


class NewClaim(Model):
    """Which claim to open: ``setup_id`` alone, or ``programme``, ``fiscal_year`` and ``office_number``."""

    setup_id: Name | None = None
    programme: Name | None = None
    fiscal_year: int | None = Field(default=None, ge=2019, le=2100)
    office_number: OfficeNumber | None = None
    on: date | None = Field(default=None, description="day in Japan; default: today")
    override: Line = ""
    by: str = Field(default="", max_length=100)


class NewMove(Model):
    """What happened to a claim. ``precheck`` is the ``id`` that ``POST /api/v1/prechecks`` answered."""

    state: str = Field(min_length=1, max_length=40)
    on: date | None = Field(default=None, description="day in Japan; default: today")
    evidence: Line = ""
    amount: Yen | None = None
    override: Line = ""
    file: EvidenceFile | None = None
    precheck: str | None = Field(default=None, max_length=40)
    by: str = Field(default="", max_length=100)


class FindingInfo(Model):
    """Something found about an attachment, in the reader's language."""

    status: Status
    reason_code: str
    message: str
    steps: tuple[str, ...] = ()
    actor: str | None = None


class DocumentInfo(Model):
    """An attachment's findings."""

    code: str
    title: str
    files: tuple[str, ...]
    findings: tuple[FindingInfo, ...]


class PrecheckInfo(Model):
    """What a pre-check said. ``id`` can be named in a move for an hour; the files are gone already."""

    id: str
    overall: Status
    assessment: Mapping[str, Any]
    documents: tuple[DocumentInfo, ...]
