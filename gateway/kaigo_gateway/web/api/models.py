"""What the REST API speaks: requests and answers as pydantic models (OpenAPI is generated from them)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.results import Status
from kaigo_gateway.report.model import Remedy
from kaigo_gateway.web.access._roles import Role

CheckId = Annotated[str, Field(min_length=1, max_length=200)]


class SetupStateWord(StrEnum):
    """``ready``: due; ``running``: being worked on; ``waiting``: for a person; ``done``; ``failed``."""

    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class OfficeRef(Model):
    """The office of a Setup."""

    number: str
    name: str


class Question(Model):
    """Something that a person has to confirm before a check can go on."""

    key: str
    check_id: str
    question: str = Field(default="", description="in the reader's language")


class Trouble(Model):
    """Why a Setup could not be advanced (for example: the vault has no passphrase)."""

    code: str
    message: str


class SetupSummary(Model):
    """A Setup in a list."""

    id: str
    created_at: str = Field(description="UTC, ISO 8601")
    office: OfficeRef
    simulated: bool
    state: SetupStateWord
    overall: Status | None = Field(description="gravest status of the present results; null before the first")
    head_hash: str
    record_count: int = Field(ge=0)


class SetupDetail(SetupSummary):
    """A Setup with what a person wants to know first."""

    sealed: bool
    counts: Mapping[str, int] = Field(description="number of checks by status")
    questions: tuple[Question, ...]
    trouble: Trouble | None


class SetupPage(Model):
    """A page of Setups, newest first; ``next`` is the address of the next page."""

    items: tuple[SetupSummary, ...]
    next: str | None


class Health(Model):
    """Whether the service can do its work."""

    status: Literal["ok", "degraded"]
    version: str
    ledger: bool


class PageQuery(Model):
    """Which part of a list."""

    limit: int = Field(default=50, ge=1, le=200)
    before: str | None = Field(
        default=None, min_length=1, max_length=120, description="cursor of the page before"
    )


class LanguageQuery(Model):
    """In which language the texts are; otherwise cookie, Accept-Language or the service's setting."""

    lang: Literal["ja", "en"] | None = None


class EventsQuery(LanguageQuery):
    """How the stream ends."""

    until: Literal["idle"] | None = Field(
        default=None, description="`idle`: end the stream when the Setup is done or waits for a person"
    )


class Recheck(Model):
    """Checks to run once more; what depends on them runs again too."""

    checks: tuple[CheckId, ...] = Field(min_length=1, max_length=200)


class Rechecked(Model):
    """All checks that will run again."""

    checks: tuple[str, ...]


class Confirmation(Model):
    """A person's answer to a question of the visit; the first answer to a key stands."""

    key: str = Field(min_length=1, max_length=200)
    answer: Mapping[str, Any] = Field(max_length=50)


class PaperInfo(Model):
    """A paper that can be written for a Setup."""

    name: str
    title: str
    filename: str
    media_type: str
    default: bool


class PaperList(Model):
    """All papers."""

    items: tuple[PaperInfo, ...]


class ExpenseList(Model):
    """Expense records of a Setup."""

    items: tuple[ExpenseLine, ...]


class ProgrammeInfo(Model):
    """A grant programme of one fiscal year."""

    id: str
    fiscal_year: int
    title: str


class ProgrammeDetail(ProgrammeInfo):
    """A programme with its rules as data: limits, rates, dates, references, what is unconfirmed."""

    rules: Mapping[str, Any]


class ProgrammeList(Model):
    """All programmes."""

    items: tuple[ProgrammeInfo, ...]


class CertificateInfo(Model):
    """A certificate in the vault; never its key."""

    office_number: str
    sha256: str
    subject: str
    issuer: str
    not_before: str
    not_after: str
    days_left: int


class CertificateList(Model):
    """All kept certificates, the newest of each office first."""

    items: tuple[CertificateInfo, ...]


class JudgedFinding(Model):
    """One finding about a certificate or file, with its text."""

    status: Status
    reason_code: str
    message: str
    remedy: Remedy = Remedy()


class JudgedCertificate(Model):
    """What a certificate file is worth; ``installed`` only after it was put into the vault."""

    overall: Status
    installed: bool
    certificate: CertificateInfo | None
    findings: tuple[JudgedFinding, ...]


class UploadedFile(Model):
    """A file in the service's private folder; ``path`` may stand in a site document."""

    path: str
    name: str
    sha256: str
    size: int


class StageCheck(Model):
    """Run the checks of one stage without recording anything; for a Setup's site, or a site document."""

    stage: Literal["certificate", "reader", "platform", "careplan"]
    setup_id: str | None = Field(default=None, min_length=1, max_length=64)
    site: Mapping[str, Any] | None = None


class PluginState(Model):
    """An installed plugin."""

    name: str
    title: str
    distribution: str
    version: str
    state: Literal["in use", "left out", "broken"]
    detail: str
    hooks: tuple[str, ...]


class PluginList(Model):
    """All installed plugins."""

    items: tuple[PluginState, ...]


class ReasonInfo(Model):
    """A reason code with its text; placeholders stay as they are."""

    code: str
    package: str
    status: Status
    message: str
    remedy: Remedy


class ReasonList(Model):
    """All reason codes of this installation."""

    items: tuple[ReasonInfo, ...]


class LedgerFaultInfo(Model):
    """A contradiction in the ledger."""

    code: str
    place: str
    detail: str


class LedgerCheck(Model):
    """What the verification of the ledger found."""

    intact: bool
    setups: int
    records: int
    seals: int
    claims: int
    entries: int = Field(description="entries of the claims")
    faults: tuple[LedgerFaultInfo, ...]


class LoginLinkWanted(Model):
    """Whom a one-time link is for."""

    role: Role


class LoginLink(Model):
    """A link that signs in once; it is shown only here."""

    url: str
    role: Role
    seconds: int


class DiagnosticsQuery(LanguageQuery):
    """Which Setup a bundle is about; none for the installation alone."""

    setup: str | None = Field(default=None, min_length=1, max_length=64)


class BundleFile(Model):
    """One file of a diagnostics bundle."""

    name: str
    size: int
    sha256: str
    text: str


class Bundle(Model):
    """A diagnostics bundle before it is saved: everything that would be in it."""

    files: tuple[BundleFile, ...]
    left_out: tuple[str, ...]


class ReaderInfo(Model):
    """A card reader as its driver sees it now; ``states`` such as ``empty``, ``present``, ``mute``."""

    driver: str
    name: str
    states: tuple[str, ...]


class ReaderList(Model):
    """All card readers, and the names of drivers (or plugins) that gave no answer."""

    items: tuple[ReaderInfo, ...]
    silent: tuple[str, ...]


class ValidatorInfo(Model):
    """A file validator of a plugin."""

    name: str
    title: str


class ValidatorList(Model):
    """All file validators."""

    items: tuple[ValidatorInfo, ...]


class Validated(BaseModel):
    """What a validator found; its own document, such as ``kaigo-gateway/careplan/1``.

    There ``findings`` stand with each file, with each of ``units`` (files that belong together), and at the
    top for all files together, such as their order.
    """

    model_config = ConfigDict(extra="allow")
