"""Finding plugins by entry point and importing them so that a broken one only harms itself."""

from __future__ import annotations

import importlib.metadata
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kaigo_gateway.hookspecs import API_VERSION, ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kaigo_gateway.model.descriptors import PluginInfo


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that is installed, not yet imported."""

    name: str
    distribution: str
    version: str
    target: str
    load: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class PluginProblem:
    """Why a plugin is not in use, or which of its hooks failed. ``kind`` is a reason code of the core."""

    plugin: str
    distribution: str
    version: str
    kind: str
    detail: str
    hook: str = ""


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin in use."""

    name: str
    distribution: str
    version: str
    module: Any
    info: PluginInfo

    @property
    def domain(self) -> str:
        """The message catalogue of the plugin: its reason book's, else its top-level package."""
        if self.info.reasons is not None:
            return self.info.reasons.domain
        return str(getattr(self.module, "__name__", "")).partition(".")[0]

    def settings(self, values: Mapping[str, Any]) -> Any:
        """The plugin's settings as its model, None without one. Raises pydantic's ``ValidationError``."""
        model = self.info.settings_model
        return None if model is None else model.model_validate(dict(values))


def discover(group: str = ENTRY_POINT_GROUP) -> list[Candidate]:
    """Installed plugins in the order of their names; nothing is imported."""
    found = [
        Candidate(
            name=entry.name,
            distribution=entry.dist.name if entry.dist else "?",
            version=entry.dist.version if entry.dist else "?",
            target=entry.value,
            load=entry.load,
        )
        for entry in importlib.metadata.entry_points(group=group)
    ]
    return sorted(found, key=lambda candidate: (candidate.name, candidate.distribution))


def from_module(module: Any) -> Candidate:
    """A plugin given as a module or object, for frozen products and tests."""
    name = getattr(module, "__name__", type(module).__name__)
    return Candidate(name=name, distribution="(given)", version="?", target=name, load=lambda: module)


def describe(error: BaseException) -> str:
    """An exception in one short line, without a traceback."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__


def load(
    candidates: Iterable[Candidate], *, without: frozenset[str] = frozenset()
) -> tuple[list[LoadedPlugin], list[PluginProblem]]:
    """Import what is wanted. ``without`` holds names never to be imported; ``*`` means all."""
    plugins: list[LoadedPlugin] = []
    problems: list[PluginProblem] = []
    for candidate in candidates:
        if "*" in without or candidate.name in without:
            continue
        outcome = _load_one(candidate, {plugin.name: plugin for plugin in plugins})
        (plugins if isinstance(outcome, LoadedPlugin) else problems).append(outcome)  # type: ignore[arg-type]
    return plugins, problems


def _introduced(info: Any) -> tuple[PluginInfo, str, int]:
    """What a plugin said of itself, looked at before anybody relies on it."""
    if inspect.iscoroutine(info):
        info.close()
        raise TypeError("gateway_plugin_info must not be async")
    name, written_for = info.name, info.api_version
    if not (isinstance(name, str) and name and isinstance(written_for, int)):
        raise TypeError("PluginInfo needs a name (str) and an api_version (int)")
    return info, name, written_for


def _load_one(candidate: Candidate, loaded: dict[str, LoadedPlugin]) -> LoadedPlugin | PluginProblem:
    def problem(kind: str, detail: str) -> PluginProblem:
        return PluginProblem(candidate.name, candidate.distribution, candidate.version, kind, detail)

    try:
        module = candidate.load()
        describe_plugin = getattr(module, "gateway_plugin_info", None)
        if describe_plugin is None:
            return problem("PLUGIN_WITHOUT_INFO", candidate.target)
        info, name, written_for = _introduced(describe_plugin())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - an import may raise anything, also SystemExit
        return problem("PLUGIN_NOT_LOADED", describe(error))
    if not max(1, API_VERSION - 1) <= written_for <= API_VERSION:
        return problem("PLUGIN_API_VERSION", str(written_for))
    if name in loaded:
        return problem("PLUGIN_NAME_TAKEN", f"{name} ({loaded[name].distribution})")
    return LoadedPlugin(name, candidate.distribution, candidate.version, module, info)
