"""What hooks return: plain, frozen descriptions. The core lists, orders, times, isolates and renders them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from kaigo_certs import Identity
    from pydantic import BaseModel

    from kaigo_gateway.model.cases import LifeCycle
    from kaigo_gateway.model.claims import Assessment, Claim
    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.reasons import ReasonBook
    from kaigo_gateway.model.results import Finding, Stage
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.sandbox.authority import DemoAuthority


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """Who a plugin is. ``name`` is its entry-point name; ``api_version`` the hook API it was written for."""

    name: str
    title: str
    api_version: int
    settings_model: type[BaseModel] | None = None
    reasons: ReasonBook | None = None
    docs: str = ""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check may use while it runs.

    ``results`` holds the findings of all checks that have ended (by check id), also of an earlier run of a
    resumed Setup. ``settings`` is the plugin's validated settings model, or None. ``today`` is the Setup's
    day in Japan. ``identity`` opens the office's client certificate from the vault (None when there is
    none). ``progress`` shows one short line while a check takes time. ``confirmed`` answers what a person
    said to a question of the visit, or raises :class:`Waiting`: the Setup then waits as rows. ``answered``
    holds the keys of all questions that have an answer. ``offered`` asks all plugins what they give for
    a hook that takes ``settings`` (each gets its own), for example ``gateway_card_reader_drivers``; the
    answer has ``outcomes`` and ``problems``, like any call of a hook. ``rules_folder`` is the folder of
    further rule files that the gateway's settings name, or None.
    """

    setup_id: str
    site: Site
    simulated: bool
    today: date
    settings: Any
    results: Mapping[str, Sequence[Finding]]
    identity: Callable[[], Awaitable[Identity | None]]
    progress: Callable[[str], None]
    confirmed: Callable[[str], Mapping[str, Any]]
    answered: frozenset[str] = frozenset()
    offered: Callable[[str], Awaitable[Any]] | None = None
    rules_folder: Path | None = None


class Waiting(Exception):
    """Raised by a check that needs a person's confirmation first; ``key`` names the question."""

    def __init__(self, key: str, question: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.question = question


CheckRun = Callable[[CheckContext], "Awaitable[Finding | Sequence[Finding]] | Finding | Sequence[Finding]"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a Setup, contributed by a plugin and run by the core.

    ``id`` is ``stage.name`` by habit; ``title`` a message id of the plugin's catalogue. ``needs`` holds ids
    of checks that must have ended ok or warn (else this one is skipped with a reason), ``after`` ids of
    checks that are waited for where they are part of the plan, whatever they found. Checks of one stage
    with neither between them run side by side; ``order`` only sorts the report. ``time_limit`` is in
    seconds. ``evidence`` is the allow-list of evidence keys that may leave the check. ``run`` may be async
    or sync (sync runs in a thread).
    """

    id: str
    stage: Stage
    title: str
    run: CheckRun
    needs: tuple[str, ...] = ()
    order: int = 100
    time_limit: float = 60.0
    evidence: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetupView:
    """A finished or running Setup, as hooks that look back on it see it (read only).

    ``titles`` holds, by check id, the title as a message id and the catalogue that translates it ("" for a
    title that is shown as it is). ``rules_folder`` is the folder of further rule files that the gateway's
    settings name, or None.
    """

    id: str
    site: Site
    simulated: bool
    today: date
    results: Mapping[str, Sequence[Finding]]
    expenses: Sequence[ExpenseLine] = ()
    head_hash: str = ""
    sealed: bool = False
    created_at: str = ""
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rules_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class GrantService:
    """A service type that a programme knows: its code and official name, its category's name, the limits.

    ``cap`` is yen, ``readers`` the number of readers that count; both are those of one such service.
    """

    code: str
    name: str
    category: str
    category_en: str
    cap: int
    readers: int


@dataclass(frozen=True, slots=True)
class GrantProgramme:
    """A grant programme of one fiscal year: rules as data, and the function that assesses a claim.

    ``life`` says how its claims live; without it they can be assessed, but not kept in the ledger. ``id`` is
    small letters, digits and hyphens.
    ``services`` is what a person chooses from on a form; empty where the programme does not go by them.
    """

    id: str
    fiscal_year: int
    title: str
    assess: Callable[[Claim], Assessment]
    rules: Mapping[str, Any] = field(default_factory=dict)
    life: LifeCycle | None = None
    services: tuple[GrantService, ...] = ()


@dataclass(frozen=True, slots=True)
class Exporter:
    """A named renderer. ``render`` gives the file's bytes from a Setup (and its assessment, if there is one).

    It must mark simulated Setups on the face of what it writes. Raise
    :class:`kaigo_gateway.errors.NotInstalled` where an extra is missing.
    """

    name: str
    title: str
    filename: str
    media_type: str
    render: Callable[[SetupView, Assessment | None], bytes]
    order: int = 100
    default: bool = True


@dataclass(frozen=True, slots=True)
class FileValidator:
    """Judges files that a person drops on the page or a product sends.

    ``validate`` gets the paths (sync, runs in a thread) and gives a JSON document with at least ``overall``
    (``ok``, ``warn``, ``fail``) and ``files`` (each with ``path`` and ``findings``), such as
    ``kaigo-gateway/careplan/1``. Texts are in the current language; the files are removed afterwards.
    ``mend``, where it is given, writes mended copies of the files into a new folder (its second argument); it
    raises :class:`kaigo_gateway.errors.InputError` where there is nothing to mend.
    ``with_rules`` is ``validate`` with single rules judged otherwise (code to severity); it raises
    ``InputError`` for a rule that does not exist. ``preset`` gets the plugin's settings of a site and gives
    the rules that they judge otherwise where they choose this validator, None where they do not.
    """

    name: str
    title: str
    validate: Callable[[Sequence[Path]], Mapping[str, Any]]
    mend: Callable[[Sequence[Path], Path], object] | None = None
    with_rules: Callable[[Sequence[Path], Mapping[str, str]], Mapping[str, Any]] | None = None
    preset: Callable[[Any], Mapping[str, str] | None] | None = None


@dataclass(frozen=True, slots=True)
class SandboxContext:
    """What a simulated counterpart is started with: a private folder, the demo authority, fault switches."""

    folder: Path
    authority: DemoAuthority
    office_number: str
    faults: Mapping[str, str] = field(default_factory=dict)


SandboxStart = Callable[[SandboxContext], AbstractAsyncContextManager[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class SandboxService:
    """A simulated counterpart on loopback.

    ``start`` is an async context manager; it yields what it adds to the demo's site document (merged into
    it), for example ``{"platform": {"url": "https://localhost:8443/", "ca_file": "..."}}``, and stops the
    service on leaving. ``faults`` names the fault switches it knows. Where its counterpart cannot run on
    this machine it raises :class:`kaigo_gateway.errors.NotInstalled` saying what is missing.
    """

    id: str
    title: str
    start: SandboxStart
    faults: tuple[str, ...] = ()
    order: int = 100


@dataclass(frozen=True, slots=True)
class CertificateStore:
    """A place into which a client certificate can be installed; ``open`` gives its installer."""

    name: str
    title: str
    open: Callable[[], Any]
    available: Callable[[], str | None] = lambda: None
