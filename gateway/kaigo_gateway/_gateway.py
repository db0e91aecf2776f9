"""The façade: one object that opens ledger, vault and plugins and runs Setups."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import structlog

from kaigo_gateway._reports import report_of, stage_report
from kaigo_gateway._vault import VaultDoor
from kaigo_gateway._version import __version__
from kaigo_gateway.claims import ClaimDesk
from kaigo_gateway.engine import LocalEngine
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.ledger import STATES, Entry, Ledger, SetupHead, SetupRow, Verification, Version, verify
from kaigo_gateway.model.descriptors import SetupView
from kaigo_gateway.plugins import PluginHost
from kaigo_gateway.redaction import Redactor
from kaigo_gateway.settings import Settings, load_settings
from kaigo_gateway.setup import Progress, ProgressHub, SetupRunner, SetupState, read_state
from kaigo_gateway.setup._runner import Workshop, load_site
from kaigo_gateway.setup._scratch import run_stage
from kaigo_gateway.setup._state import JAPAN
from kaigo_gateway.sitefile import site_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from pydantic import SecretStr

    from kaigo_gateway.model.descriptors import Check
    from kaigo_gateway.model.results import Stage
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.report.model import Report
    from kaigo_gateway.setup._plan import Step

log = structlog.get_logger(__name__)

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letters that look like digits


def new_setup_id() -> str:
    """An id that a person can read out: the day in Japan and six random characters."""
    day = datetime.now(JAPAN).strftime("%Y%m%d")
    return f"{day}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"


class Gateway:
    """Opens everything that a Setup needs; use as ``async with Gateway() as gateway``.

    ``settings`` default to the user's settings file and environment. ``plugins`` are modules that the
    embedding product brings; installed plugins are added unless ``discover_installed`` is false, without
    those named in ``without``. ``passphrase`` overrides where the settings find the vault's passphrase.

    Opening raises :class:`kaigo_gateway.errors.CouldNotRun` when the ledger cannot be used.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        plugins: Iterable[Any] = (),
        without: Iterable[str] = (),
        discover_installed: bool = True,
        passphrase: Callable[[], SecretStr] | None = None,
    ) -> None:
        self.settings = settings if settings is not None else load_settings()
        self.redactor = Redactor()
        self.progress = ProgressHub()
        self.host = PluginHost(
            plugins,
            discover_installed=discover_installed,
            without=(*self.settings.plugins.without, *without),
            time_limit=self.settings.plugins.hook_time_limit,
        )
        self.vault = VaultDoor(self.settings, self.redactor, passphrase)
        self.ledger = Ledger(self.settings.ledger.url)
        self.runner = SetupRunner(self._workshop())
        self.engine = LocalEngine(self.ledger, self.runner.advance)
        self.claims = ClaimDesk(self)
        self._exits = AsyncExitStack()

    def _workshop(self) -> Workshop:
        return Workshop(
            host=self.host,
            ledger=self.ledger,
            progress=self.progress,
            redactor=self.redactor,
            version=__version__,
            unlock=self.vault.open,
            identity=self.vault.identity,
            seal_key=self.vault.seal_key,
            core_checks=self._core_checks,
            rules_folder=self.settings.rules_folder,
        )

    async def _core_checks(self, site: Site) -> list[Check]:
        """The certificate's checks, with the stores that plugins bring."""
        from kaigo_gateway.certificate import certificate_checks

        called = await self.host.call_with_settings("gateway_certificate_stores", site.plugins)
        stores = [store for outcome in called.outcomes for store in outcome.value or ()]
        return certificate_checks(site, self.vault.open, {store.name: store for store in stores})

    async def __aenter__(self) -> Self:
        self._prepare_folders()
        await self._exits.enter_async_context(self.ledger)
        await self._tell_plugins("gateway_startup")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tell_plugins("gateway_shutdown")
        await self._exits.aclose()

    async def _tell_plugins(self, hook: str) -> None:
        called = await self.host.call(hook, gateway=self)
        for problem in called.problems:
            log.error("plugin_hook_failed", hook=hook, plugin=problem.plugin, detail=problem.detail)

    def _prepare_folders(self) -> None:
        database = self.ledger.engine.url.database
        if self.ledger.engine.dialect.name == "sqlite" and database and database != ":memory:":
            make_private_folder(Path(database).parent)

    async def create(self, site: Site, *, setup_id: str | None = None) -> str:
        """Open a Setup for a site and give its id; nothing runs yet."""
        document = site_document(site)
        head = SetupHead(site.office.number, site.office.name, site.simulated, document)
        name = setup_id or new_setup_id()
        body = {"site": document["site"], "version": __version__, "simulated": site.simulated}
        await self.ledger.create(name, head, [Entry("setup.opened", "1", body)])
        return name

    async def advance(self, setup_id: str) -> str:
        """Run what has not run yet; gives ``done``, ``waiting``, ``ready`` or ``fenced``."""
        return await self.runner.advance(setup_id)

    async def run(self, site: Site) -> Report:
        """The whole job for a site: open a Setup, run it, give its report."""
        setup_id = await self.create(site)
        await self.advance(setup_id)
        return await self.report(setup_id)

    async def reopen(
        self, setup_id: str, checks: Sequence[str], *, expect: Version | None = None
    ) -> list[str]:
        """Make checks (and what depends on them) run again at the next ``advance``; gives all their ids.

        Earlier results stay in the record. Raises :class:`InputError` for a check that the Setup lacks,
        :class:`kaigo_gateway.ledger.SetupMoved` where it is no longer the version that ``expect`` names.
        """
        row = await self.ledger.row(setup_id)
        plan = await self.runner.plan(load_site(row.document))
        unknown = [check_id for check_id in checks if check_id not in plan.steps]
        if unknown:
            raise InputError(
                N_("Setup {id} has no check {check}."),
                N_("`kaigo-gateway setup show {id}` names its checks."),
                id=setup_id,
                check=unknown,
            )
        claimed = await self.ledger.claim(setup_id, states=STATES, expect=expect)
        assert claimed is not None
        async with claimed:
            state = read_state(await self.ledger.records(setup_id))
            again = {*plan.dependants(checks), *_looking_back(plan.steps), *_of_plugins(state.results)}
            reopened = sorted(again)
            body = {"checks": reopened, "asked_for": list(checks)}
            await claimed.append([Entry("checks.reopened", str(state.reruns + 1), body)])
            await claimed.release("ready")
        return reopened

    async def confirm(
        self, setup_id: str, key: str, answer: Mapping[str, Any], *, expect: Version | None = None
    ) -> None:
        """Enter what a person confirmed to a question of the visit; the first answer stands.

        Raises :class:`InputError` for a key that no check of this Setup has asked for,
        :class:`kaigo_gateway.ledger.SetupMoved` where it is no longer the version that ``expect`` names.
        """
        asked = (await self.state(setup_id)).questions
        if key not in asked:
            raise InputError(
                N_("Setup {id} asks no question {key}."),
                N_("It asks for: {asked}."),
                id=setup_id,
                key=key,
                asked=sorted(asked) or "-",
            )
        await self.ledger.send(setup_id, key, answer, expect=expect)

    async def setups(self, *, limit: int = 100, before: str | None = None) -> list[SetupRow]:
        """Setups, newest first."""
        return await self.ledger.rows(limit=limit, before=before)

    async def state(self, setup_id: str) -> SetupState:
        """The present state of a Setup, from its records."""
        await self.ledger.row(setup_id)
        return read_state(await self.ledger.records(setup_id))

    async def view(self, setup_id: str) -> SetupView:
        """A Setup as exporters and plugins see it."""
        row = await self.ledger.row(setup_id)
        state = await self.state(setup_id)
        return SetupView(
            id=row.id,
            site=load_site(row.document),
            simulated=row.simulated,
            today=state.today,
            results=state.findings,
            expenses=tuple(state.lines.values()),
            head_hash=row.head_hash,
            sealed=state.sealed,
            created_at=row.created_at,
            titles={name: (step.title, step.title_domain) for name, step in state.results.items()},
            rules_folder=self.settings.rules_folder,
        )

    async def report(self, setup_id: str, language: str | None = None) -> Report:
        """The report of a Setup in one language."""
        row = await self.ledger.row(setup_id)
        return report_of(row, await self.state(setup_id), self.host, language)

    async def check(self, site: Site, stage: Stage, language: str | None = None) -> Report:
        """Run one stage's checks without a Setup; nothing is recorded.

        The stage ``certificate`` keeps the certificate in the vault, where its checks look at it.
        """
        results, problems = await run_stage(self.runner, site, stage)
        return stage_report(site, results, problems, self.host, language)

    async def watch(self, setup_id: str | None = None) -> AsyncIterator[Progress]:
        """Live events of one Setup (until it has finished or stopped) or of all (without end)."""
        with self.progress.listen(setup_id) as queue:
            while True:
                event = await queue.get()
                yield event
                if setup_id is not None and event.kind in {"finished", "stopped"}:
                    return

    async def verify(self) -> Verification:
        """Look for any changed, missing or reordered record in the ledger."""
        return await verify(self.ledger, await self.vault.public_keys())

    async def export(self, setup_id: str, folder: Path, names: Sequence[str] = ()) -> list[Path]:
        """Write the papers of a Setup into ``folder``; all default ones, or those named."""
        from kaigo_gateway._papers import write_papers

        return await write_papers(self, setup_id, folder, names)


def _looking_back(steps: Mapping[str, Step]) -> set[str]:
    """Checks that judge the whole Setup and so run again whenever anything else does."""
    from kaigo_gateway.model.results import Stage

    return {check_id for check_id, step in steps.items() if step.check.stage is Stage.EXPENSE}


def _of_plugins(results: Iterable[str]) -> set[str]:
    """Troubles of plugins: whether they still stand is seen whenever a Setup is planned anew."""
    from kaigo_gateway.model.results import Stage

    return {check_id for check_id in results if check_id.startswith(f"{Stage.PLUGINS.value}.")}


def make_private_folder(folder: Path) -> None:
    """Create a folder that only this user can enter. Raises :class:`CouldNotRun`."""
    from kaigo_gateway.errors import CouldNotRun

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CouldNotRun(
            N_("The folder {folder} cannot be created: {why}."),
            N_("Choose a folder in which you may write."),
            folder=folder,
            why=error.strerror or type(error).__name__,
        ) from None
