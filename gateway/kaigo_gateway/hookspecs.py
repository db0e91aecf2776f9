"""Every hook of the gateway. Read it like a manual: one hook, one docstring, one example.

A plugin is a module (or object) named by an entry point of the group ``kaigo_gateway.plugins``::

    # pyproject.toml of the vendor
    [project.entry-points."kaigo_gateway.plugins"]
    acme = "acme_kaigo.plugin"

Hooks return descriptors or lists of descriptors and do no work themselves; keep the plugin's module light
and import heavy parts inside functions. A hook that raises, hangs, exits or returns the wrong type becomes a
visible ``error`` finding that names the plugin, its distribution and version; all others go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import click
    from aiohttp import web

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.descriptors import (
        CertificateStore,
        Check,
        Exporter,
        FileValidator,
        GrantProgramme,
        PluginInfo,
        SandboxService,
        SetupView,
    )
    from kaigo_gateway.model.expenses import ExpenseLine
    from kaigo_gateway.model.site import Site
    from kaigo_gateway.web import Operation

PROJECT: Final = "kaigo_gateway"
ENTRY_POINT_GROUP: Final = "kaigo_gateway.plugins"
API_VERSION: Final = 1
"""The hook API of this release. Plugins written for it or for the one before are loaded."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def gateway_plugin_info() -> PluginInfo:  # type: ignore[empty-body]
    """Say who the plugin is; called once, right after loading. A plugin without it is not used.

    >>> @hookimpl
    ... def gateway_plugin_info():
    ...     return PluginInfo(name="acme", title="Acme care software", api_version=1)
    """


@hookspec
def gateway_certificate_stores(settings: Any) -> Sequence[CertificateStore]:  # type: ignore[empty-body]
    """Stores into which a client certificate can be installed.

    ``settings`` is the plugin's validated settings model, or None.

    >>> @hookimpl
    ... def gateway_certificate_stores(settings):
    ...     return [CertificateStore(name="acme-hsm", title="Acme HSM", open=lambda: AcmeInstaller(settings))]
    """


@hookspec
def gateway_card_reader_drivers(settings: Any) -> Sequence[Any]:  # type: ignore[empty-body]
    """Drivers through which card readers are exercised: ``readers()``, ``state()``, ``open() -> Session``.

    The interface is ``kaigo_card_reader.drivers.Driver``; the guard below every driver stops any APDU that
    could spend a PIN.

    >>> @hookimpl
    ... def gateway_card_reader_drivers(settings):
    ...     return [AcmeFaceReader(settings.url)]
    """


@hookspec
def gateway_checks(site: Site) -> Sequence[Check]:  # type: ignore[empty-body]
    """Checks for this site; the core runs them stage by stage and records each result before the next step.

    >>> @hookimpl
    ... def gateway_checks(site):
    ...     return [Check(id="platform.acme-proxy", stage=Stage.PLATFORM, title="Proxy", run=probe)]
    """


@hookspec
def gateway_expenses(setup: SetupView) -> Sequence[ExpenseLine]:  # type: ignore[empty-body]
    """Expense lines that this plugin's work gave rise to; each needs a ``key`` and its ``proof``.

    >>> @hookimpl
    ... def gateway_expenses(setup):
    ...     return [line for line in priced_work(setup.site) if proved(line, setup.results)]
    """


@hookspec
def gateway_grant_programmes(rules_folder: Path | None) -> Sequence[GrantProgramme]:  # type: ignore[empty-body]
    """Grant programmes: rules as data, the function that assesses a claim, and how its claims live.

    ``rules_folder`` is the folder of further rule files that the settings name (``grant.rules_folder``); a
    plugin whose rules are no files leaves the argument out.

    With ``life`` (:class:`kaigo_gateway.model.cases.LifeCycle`) the core keeps the programme's claims in the
    ledger, shows them on the page and over REST, and asks the programme to judge each move.

    >>> @hookimpl
    ... def gateway_grant_programmes():
    ...     return [GrantProgramme(id="city-x", fiscal_year=2026, title="City X", assess=assess_city_x,
    ...                            life=LifeCycle(states=STATES, moves=MOVES, begin=begin, judge=judge,
    ...                                           examine=examine, claim_of=claim_of))]
    """


@hookspec
def gateway_exporters() -> Sequence[Exporter]:  # type: ignore[empty-body]
    """Named renderers of reports, expense records and claims.

    >>> @hookimpl
    ... def gateway_exporters():
    ...     return [Exporter(name="acme-csv", title="Acme import", filename="acme.csv",
    ...                      media_type="text/csv", render=acme_csv)]
    """


@hookspec
def gateway_file_validators() -> Sequence[FileValidator]:  # type: ignore[empty-body]
    """Validators of files, offered on the page and at ``/api/v1/validators/<name>``.

    >>> @hookimpl
    ... def gateway_file_validators():
    ...     return [FileValidator(name="acme", title="Acme files", validate=validate_acme_files)]
    """


@hookspec
def gateway_sandbox_services() -> Sequence[SandboxService]:  # type: ignore[empty-body]
    """Simulated counterparts on loopback for the demo and for tests.

    >>> @hookimpl
    ... def gateway_sandbox_services():
    ...     return [SandboxService(id="acme", title="Acme cloud (simulated)", start=start_acme)]
    """


@hookspec
def gateway_routes(  # type: ignore[empty-body]
    gateway: Gateway | None,
) -> Sequence[web.AbstractRouteDef | Operation]:
    """Extra REST routes, mounted below ``/api/v1/plugins/<plugin name>``.

    A :class:`kaigo_gateway.web.Operation` is described in the OpenAPI document and on the reference page; a
    bare route only answers. ``gateway`` is None where the document alone is made.

    >>> @hookimpl
    ... def gateway_routes(gateway):
    ...     return [Operation("GET", "/status", status, N_("How it is"), "", Status), web.get("/raw", raw)]
    """


@hookspec
def gateway_commands() -> Sequence[click.Command]:  # type: ignore[empty-body]
    """Extra commands of ``kaigo-gateway``; a group adds a family of commands.

    Called for ``--help`` too: import click only, and everything heavy inside the command.

    >>> @hookimpl
    ... def gateway_commands():
    ...     return [acme_group]
    """


@hookspec
def gateway_startup(gateway: Gateway) -> None:
    """Called once when a Gateway has opened its ledger; may be async.

    >>> @hookimpl
    ... async def gateway_startup(gateway):
    ...     await open_connection_pool()
    """


@hookspec
def gateway_shutdown(gateway: Gateway) -> None:
    """Called once before a Gateway closes; may be async. Streams and children of the plugin end here.

    >>> @hookimpl
    ... async def gateway_shutdown(gateway):
    ...     await close_connection_pool()
    """
