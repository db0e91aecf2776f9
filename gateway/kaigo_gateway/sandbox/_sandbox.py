"""Starting what the plugins simulate, and the site of a demo office that points at it."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import structlog

from kaigo_gateway.errors import GatewayError, InputError, NotInstalled
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import SandboxContext, SandboxService
from kaigo_gateway.sandbox._office import OFFICE_NAME, OFFICE_NUMBER, demo_document
from kaigo_gateway.sandbox.authority import DemoAuthority
from kaigo_gateway.sitefile import merged, site_from

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kaigo_gateway.model.site import Site
    from kaigo_gateway.plugins import PluginHost

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Missing:
    """A counterpart that could not be simulated here, and how to get what it needs."""

    service: str
    what: str
    how: str


def _refuse_unknown(faults: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> None:
    """:class:`InputError` for a fault of a counterpart that is not there, or that it does not have."""
    for service, fault in faults.items():
        if service not in known:
            raise InputError(
                N_("There is no simulated counterpart {service}."),
                N_("Those that are here: {known}."),
                service=service,
                known=sorted(known),
            )
        if fault not in known[service]:
            raise InputError(
                N_("The simulated counterpart {service} has no fault {fault}."),
                N_("Its faults: {known}."),
                service=service,
                fault=fault,
                known=known[service],
            )


class Sandbox:
    """Use as ``async with Sandbox(host) as sandbox``; ``sandbox.site`` is then ready to be set up.

    ``faults`` switches faults of the counterparts on (service id → fault name). ``without`` names services
    that are not started. What cannot run on this machine is in ``missing``; everything started is stopped
    and the private folder removed on leaving.
    """

    def __init__(
        self, host: PluginHost, *, faults: Mapping[str, str] | None = None, without: tuple[str, ...] = ()
    ) -> None:
        self._host, self._faults, self._without = host, dict(faults or {}), without
        self._exits = AsyncExitStack()
        self.missing: list[Missing] = []
        self.started: list[str] = []
        self.site: Site

    async def __aenter__(self) -> Self:
        try:
            return await self._start()
        except BaseException:
            await self._exits.aclose()
            raise

    async def __aexit__(self, *_: object) -> None:
        await self._exits.aclose()

    async def _start(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="kaigo-sandbox-"))
        self._exits.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.authority = DemoAuthority(self.folder / "authority")
        document = demo_document(self.folder, self.authority)
        for service in await self._services():
            document = merged(document, await self._enter(service))
        self.site = site_from(document, self.folder, "sandbox")
        return self

    async def _services(self) -> list[SandboxService]:
        called = await self._host.call("gateway_sandbox_services", expected=SandboxService)
        for problem in called.problems:
            self.missing.append(Missing(problem.plugin, problem.detail, problem.kind))
        found = [service for outcome in called.outcomes for service in outcome.value]
        _refuse_unknown(self._faults, {service.id: service.faults for service in found})
        wanted = [service for service in found if service.id not in self._without]
        return sorted(wanted, key=lambda service: (service.order, service.id))

    async def _enter(self, service: SandboxService) -> Mapping[str, Any]:
        folder = self.folder / service.id
        folder.mkdir(mode=0o700)
        fault = self._faults.get(service.id)
        faults = {service.id: fault} if fault else {}
        context = SandboxContext(folder, self.authority, OFFICE_NUMBER, faults)
        try:
            overlay = await self._exits.enter_async_context(service.start(context))
        except NotInstalled as error:
            self.missing.append(Missing(service.id, error.what, error.how))
            return {}
        except (GatewayError, OSError) as error:
            self.missing.append(Missing(service.id, str(error), ""))
            return {}
        self.started.append(service.id)
        log.debug("sandbox_service_started", service=service.id, office=OFFICE_NAME)
        return overlay
