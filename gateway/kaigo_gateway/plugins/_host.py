"""The plugin host: pluggy underneath, every plugin called for itself."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pluggy

from kaigo_gateway import hookspecs
from kaigo_gateway.plugins._isolation import Exited, TookTooLong, guarded
from kaigo_gateway.plugins._loader import (
    Candidate,
    LoadedPlugin,
    PluginProblem,
    describe,
    discover,
    from_module,
    load,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kaigo_gateway.model.reasons import ReasonBook

HOOK_TIME_LIMIT = 10.0
"""Seconds within which a hook has to return its descriptors."""


@dataclass(frozen=True, slots=True)
class HookOutcome:
    """What one plugin gave back from one hook."""

    plugin: LoadedPlugin
    value: Any


@dataclass(slots=True)
class _Called:
    outcomes: list[HookOutcome] = field(default_factory=list)
    problems: list[PluginProblem] = field(default_factory=list)


class PluginHost:
    """Loads plugins and calls their hooks one by one.

    ``plugins`` are modules or objects given by the embedding product; installed ones are added unless
    ``discover_installed`` is false. ``without`` names plugins that are never imported (``*`` for all
    installed ones). ``problems`` collects what went wrong at loading.
    """

    def __init__(
        self,
        plugins: Iterable[Any] = (),
        *,
        discover_installed: bool = True,
        without: Iterable[str] = (),
        time_limit: float = HOOK_TIME_LIMIT,
    ) -> None:
        self.time_limit = time_limit
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        given = [from_module(plugin) for plugin in plugins]
        installed = discover() if discover_installed else []
        self.candidates: list[Candidate] = [*given, *installed]
        self.plugins: list[LoadedPlugin] = []
        self.problems: list[PluginProblem] = []
        for group, unwanted in ((given, frozenset[str]()), (installed, frozenset(without))):
            self._register(group, unwanted)

    def _register(self, candidates: Sequence[Candidate], without: frozenset[str]) -> None:
        known = {plugin.name for plugin in self.plugins}
        # One given by the product stands before the installed one, which is then not even imported.
        loaded, problems = load([each for each in candidates if each.name not in known], without=without)
        for plugin in loaded:
            if plugin.name not in known:
                problems.extend(self._register_one(plugin))
        self.problems.extend(problems)

    def _register_one(self, plugin: LoadedPlugin) -> list[PluginProblem]:
        try:
            self._manager.register(plugin.module, plugin.name)
            self._manager.check_pending()
        except Exception as error:  # noqa: BLE001 - looking at a plugin runs its code
            if self._manager.has_plugin(plugin.name):
                self._manager.unregister(name=plugin.name)
            return [self.problem(plugin, "PLUGIN_HOOK_UNKNOWN", describe(error))]
        self.plugins.append(plugin)
        return []

    @staticmethod
    def problem(plugin: LoadedPlugin, kind: str, detail: str, hook: str = "") -> PluginProblem:
        """A problem of ``plugin``, with its distribution and version."""
        return PluginProblem(plugin.name, plugin.distribution, plugin.version, kind, detail, hook)

    def hooks_of(self, plugin: LoadedPlugin) -> list[str]:
        """Names of the hooks that a plugin implements."""
        callers = self._manager.get_hookcallers(plugin.module) or []
        return sorted(caller.name for caller in callers)

    def books(self) -> list[ReasonBook]:
        """The reason books of all plugins in use."""
        return [plugin.info.reasons for plugin in self.plugins if plugin.info.reasons is not None]

    def title_of(self, name: str) -> str:
        """A plugin's title, or its name when it is not loaded."""
        return next((plugin.info.title for plugin in self.plugins if plugin.name == name), name)

    def _implementers(self, hook: str) -> list[tuple[LoadedPlugin, Callable[..., Any]]]:
        modules = {id(impl.plugin) for impl in getattr(self._manager.hook, hook).get_hookimpls()}
        return [
            (plugin, partial(self._call_only, hook, plugin))
            for plugin in self.plugins
            if id(plugin.module) in modules
        ]

    def _call_only(self, hook: str, plugin: LoadedPlugin, **arguments: Any) -> Any:
        """Call one plugin's implementation through pluggy (its argument matching, its wrappers)."""
        others = [other.module for other in self.plugins if other is not plugin]
        caller = self._manager.subset_hook_caller(hook, others)
        values = caller(**arguments)
        return values[0] if values else None

    async def call_with_settings(
        self, hook: str, settings: Mapping[str, Mapping[str, Any]], **arguments: Any
    ) -> _Called:
        """Call a hook that takes ``settings``: each plugin gets its own, validated by its model.

        ``settings`` holds the values by plugin name, as ``[plugins.NAME]`` of a site file does. Settings
        that do not fit are a problem of that plugin.
        """
        called = _Called()

        def with_settings(plugin: LoadedPlugin, function: Callable[..., Any]) -> Callable[[], Any]:
            return lambda: function(settings=plugin.settings(settings.get(plugin.name, {})), **arguments)

        await asyncio.gather(
            *(
                self._call_one(called, plugin, with_settings(plugin, function), hook, object)
                for plugin, function in self._implementers(hook)
            )
        )
        return called

    async def call(
        self, hook: str, expected: type | tuple[type, ...] | None = None, **arguments: Any
    ) -> _Called:
        """Call ``hook`` on every plugin that has it, each under the time limit.

        ``expected`` is the type of the returned items (a sequence of them); None accepts anything.
        Outcomes and problems come back side by side; nothing is raised but a cancellation.
        """
        called = _Called()
        await asyncio.gather(
            *(
                self._call_one(called, plugin, partial(function, **arguments), hook, expected)
                for plugin, function in self._implementers(hook)
            )
        )
        return called

    async def _call_one(
        self, called: _Called, plugin: LoadedPlugin, function: Any, hook: str, expected: Any
    ) -> None:
        try:
            value = await guarded(function, self.time_limit)
            if expected is not None:
                value = _items(value, expected)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            called.problems.append(self.problem(plugin, _kind(error), describe(error), hook))
        else:
            called.outcomes.append(HookOutcome(plugin, value))

    def call_now(self, hook: str, **arguments: Any) -> _Called:
        """Call a synchronous hook without a loop (the command line's own use); no time limit."""
        called = _Called()
        for plugin, function in self._implementers(hook):
            try:
                value = function(**arguments)
                if inspect.iscoroutine(value):
                    value.close()
                    raise TypeError(f"{hook} must not be async")  # noqa: TRY301 - named like any other
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - a plugin may raise anything
                called.problems.append(self.problem(plugin, "PLUGIN_HOOK_FAILED", describe(error), hook))
            else:
                called.outcomes.append(HookOutcome(plugin, value))
        return called


def _items(value: Any, expected: type | tuple[type, ...]) -> list[Any]:
    items = list(value or ())
    for item in items:
        if not isinstance(item, expected):
            raise TypeError(f"returned {type(item).__name__}")
    return items


def _kind(error: Exception) -> str:
    if isinstance(error, TookTooLong):
        return "PLUGIN_HOOK_TIMEOUT"
    if isinstance(error, Exited):
        return "PLUGIN_HOOK_EXITED"
    return "PLUGIN_HOOK_WRONG_TYPE" if isinstance(error, TypeError) else "PLUGIN_HOOK_FAILED"
