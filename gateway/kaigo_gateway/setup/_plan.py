"""The plan of a Setup: which checks, from whom, in which order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kaigo_gateway.model.descriptors import Check
from kaigo_gateway.model.results import STAGES, Stage
from kaigo_gateway.plugins import PluginProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kaigo_gateway.model.site import Site
    from kaigo_gateway.plugins import LoadedPlugin, PluginHost


@dataclass(frozen=True, slots=True)
class Step:
    """A check with the plugin that brings it and that plugin's settings."""

    check: Check
    plugin: str
    version: str
    domain: str
    settings: Any = None


@dataclass(slots=True)
class Plan:
    """All steps by check id, and the plugin problems that planning brought to light."""

    steps: dict[str, Step] = field(default_factory=dict)
    problems: list[PluginProblem] = field(default_factory=list)

    def stage(self, stage: Stage) -> list[Step]:
        """The steps of a stage in the order of their descriptors."""
        mine = [step for step in self.steps.values() if step.check.stage is stage]
        return sorted(mine, key=lambda step: (step.check.order, step.check.id))

    def in_order(self) -> Iterator[Step]:
        """All steps, stage by stage."""
        for stage in STAGES:
            yield from self.stage(stage)

    def run_last(self, check_id: str) -> None:
        """Let a check wait for all of its stage that stand before it in order."""
        step = self.steps[check_id]
        before = (each.check for each in self.stage(step.check.stage) if each.check.order < step.check.order)
        after = (*step.check.after, *(check.id for check in before))
        self.steps[check_id] = replace(step, check=replace(step.check, after=after))

    def dependants(self, check_ids: Iterable[str]) -> set[str]:
        """The given checks and all that need them, directly or not, or look back on them later."""
        wanted = set(check_ids)
        while True:
            more = {
                step.check.id
                for step in self.steps.values()
                if step.check.id not in wanted and wanted & {*step.check.needs, *step.check.after}
            }
            if not more:
                return wanted
            wanted |= more


def core_steps(checks: Iterable[Check], version: str) -> list[Step]:
    """The core's own checks as steps."""
    return [Step(check, "kaigo-gateway", version, "kaigo_gateway") for check in checks]


async def make_plan(host: PluginHost, site: Site, core: Iterable[Step]) -> Plan:
    """Ask every plugin for its checks. Settings that do not fit keep that plugin's checks out, visibly."""
    plan = Plan(problems=list(host.problems))
    for step in core:
        plan.steps[step.check.id] = step
    called = await host.call("gateway_checks", expected=Check, site=site)
    plan.problems.extend(called.problems)
    for outcome in called.outcomes:
        _enter(plan, outcome.plugin, outcome.value, site.plugins)
    return plan


def _enter(
    plan: Plan, plugin: LoadedPlugin, checks: Iterable[Check], settings: Mapping[str, Mapping[str, Any]]
) -> None:
    try:
        values = plugin_settings(plugin, settings.get(plugin.name, {}))
    except ValueError as error:
        plan.problems.append(_problem(plugin, "PLUGIN_SETTINGS", _first_error(error)))
        return
    for check in checks:
        if check.id in plan.steps:
            plan.problems.append(_problem(plugin, "CHECK_ID_TAKEN", check.id))
            continue
        plan.steps[check.id] = Step(check, plugin.name, plugin.version, plugin.domain, values)


def plugin_settings(plugin: LoadedPlugin, values: Mapping[str, Any]) -> Any:
    """A plugin's settings as its model, or None without one. Raises pydantic's ``ValidationError``."""
    return plugin.settings(values)


def _first_error(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    if errors is None:
        return str(error)
    first = errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _problem(plugin: LoadedPlugin, kind: str, detail: str) -> PluginProblem:
    return PluginProblem(plugin.name, plugin.distribution, plugin.version, kind, detail, "gateway_checks")
