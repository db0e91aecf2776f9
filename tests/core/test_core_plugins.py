"""Plugins: found without importing, and a broken one only harms itself."""

from __future__ import annotations

import asyncio
import sys
import threading

import pytest
from core_kit import (
    check,
    distribution,
    every,
    good_plugin,
    host_of,
    plugin,
    plugin_with,
    site,
)
from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.model.descriptors import Check, Exporter
from kaigo_gateway.plugins import PluginHost, discover

BROKEN_MODULES = {
    "raises": "raise RuntimeError('no licence found')",
    "exits": "import sys; sys.exit(3)",
    "missing_part": "import a_module_that_is_not_there",
    "syntax": "def broken(:\n    pass",
    "no_info": "x = 1",
    "old": good_plugin("old").replace("api_version=1", "api_version=-1"),
    "newer": good_plugin("newer").replace("api_version=1", "api_version=2"),
    "odd_version": good_plugin("odd_version").replace("api_version=1", "api_version='one'"),
    "wrong_info": good_plugin("wrong_info").replace("return PluginInfo(", "return dict("),
    "nameless": good_plugin("nameless").replace("name='nameless'", "name=None"),
    "info_raises": good_plugin("info_raises").replace("return PluginInfo(", "raise OSError("),
    "async_info": good_plugin("async_info").replace(
        "def gateway_plugin_info", "async def gateway_plugin_info"
    ),
    "unknown_hook": good_plugin("unknown_hook")
    + "\n    @hookimpl\n    def gateway_chekcs(site):\n        return []\n",
    "wrong_argument": good_plugin("wrong_argument")
    + "\n    @hookimpl\n    def gateway_checks(place):\n        return []\n",
}
EXPECTED = {
    "raises": ("PLUGIN_NOT_LOADED", "RuntimeError: no licence found"),
    "exits": ("PLUGIN_NOT_LOADED", "SystemExit: 3"),
    "missing_part": ("PLUGIN_NOT_LOADED", "ModuleNotFoundError"),
    "syntax": ("PLUGIN_NOT_LOADED", "SyntaxError"),
    "no_info": ("PLUGIN_WITHOUT_INFO", "no_info"),
    "old": ("PLUGIN_API_VERSION", "-1"),
    "newer": ("PLUGIN_API_VERSION", "2"),
    "odd_version": ("PLUGIN_NOT_LOADED", "api_version"),
    "wrong_info": ("PLUGIN_NOT_LOADED", "dict"),
    "nameless": ("PLUGIN_NOT_LOADED", "name"),
    "info_raises": ("PLUGIN_NOT_LOADED", "TypeError"),
    "async_info": ("PLUGIN_NOT_LOADED", "async"),
    "unknown_hook": ("PLUGIN_HOOK_UNKNOWN", "gateway_chekcs"),
    "wrong_argument": ("PLUGIN_HOOK_UNKNOWN", "place"),
}
BUNDLED = ["card_reader", "careplan_link", "platform_link", "subsidy"]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install distributions into a folder on the path; their modules are forgotten afterwards."""
    folder = tmp_path / "site-packages"
    names: list[str] = []

    def install(name: str, entry_points: dict[str, str], modules: dict[str, str], version: str = "1.2"):
        distribution(folder, name, version=version, entry_points=entry_points, modules=modules)
        names.extend(modules)
        monkeypatch.syspath_prepend(folder)

    yield install
    for name in names:
        sys.modules.pop(name, None)


def test_bundled_plugins_enter_by_entry_points_alone():
    found = {candidate.name: candidate for candidate in discover()}
    assert set(BUNDLED) <= set(found)
    assert {found[name].distribution for name in BUNDLED} == {"kaigo-gateway"}


def test_listing_does_not_import(installed):
    installed("acme-kaigo", {"acme": "acme_listed"}, {"acme_listed": "raise SystemExit('imported')"})
    found = every(discover(), name="acme")
    assert [(each.distribution, each.version, each.target) for each in found] == [
        ("acme-kaigo", "1.2", "acme_listed")
    ]
    assert "acme_listed" not in sys.modules


@pytest.mark.parametrize("kind", BROKEN_MODULES)
def test_broken_plugin_is_named_and_the_others_go_on(installed, kind):
    installed("acme-kaigo", {kind: f"broken_{kind}"}, {f"broken_{kind}": BROKEN_MODULES[kind]}, "4.5")
    installed("other-kaigo", {"zebra": "zebra_good"}, {"zebra_good": good_plugin("zebra")})
    host = PluginHost()
    assert {"zebra", *BUNDLED} <= {loaded.name for loaded in host.plugins}
    assert kind not in {loaded.name for loaded in host.plugins}
    code, detail = EXPECTED[kind]
    assert [(each.plugin, each.distribution, each.version, each.kind) for each in host.problems] == [
        (kind, "acme-kaigo", "4.5", code)
    ]
    assert detail in host.problems[0].detail


def test_a_taken_name_names_both_distributions(installed):
    installed("aaa-first", {"acme": "acme_one"}, {"acme_one": good_plugin("acme")})
    installed("bbb-second", {"acme": "acme_two"}, {"acme_two": good_plugin("acme")})
    host = PluginHost()
    problem = every(host.problems, kind="PLUGIN_NAME_TAKEN")[0]
    assert problem.distribution == "bbb-second"
    assert "aaa-first" in problem.detail


def test_an_object_whose_attributes_raise_harms_only_itself():
    class Evil:
        def gateway_plugin_info(self):
            return plugin("evil").gateway_plugin_info()

        @property
        def anything(self):
            raise RuntimeError("never look at me")

    host = host_of(Evil(), plugin("good"))
    assert "good" in [loaded.name for loaded in host.plugins]


def test_a_plugin_left_out_is_never_imported(installed):
    installed("acme-kaigo", {"acme": "acme_out"}, {"acme_out": "raise RuntimeError('imported')"})
    host = PluginHost(without=["acme"])
    assert "acme_out" not in sys.modules
    assert not host.problems
    assert PluginHost(without=["*"]).plugins == []


def test_given_plugin_stands_before_an_installed_one_of_its_name(installed):
    installed("acme-kaigo", {"acme": "acme_shadowed"}, {"acme_shadowed": good_plugin("acme")})
    given = plugin("acme")
    host = PluginHost([given])
    assert [each.module for each in host.plugins if each.name == "acme"] == [given]
    assert "acme_shadowed" not in sys.modules
    assert not host.problems


async def test_failing_hooks_are_named_and_the_others_answer():
    def raises(site):
        raise RuntimeError("bad licence")

    def exits(site):
        sys.exit(7)

    async def exits_later(site):
        await asyncio.sleep(0)
        raise SystemExit(7)

    def stops(site):
        raise StopIteration

    async def cancels(site):
        raise asyncio.CancelledError

    def wrong(site):
        return ["not a check"]

    def not_a_list(site):
        return 5

    hooks = [raises, exits, exits_later, stops, cancels, wrong, not_a_list]
    plugins = [plugin(function.__name__, gateway_checks=function) for function in hooks]
    host = host_of(*plugins, plugin_with(check("reader.a"), name="good"))
    called = await host.call("gateway_checks", expected=Check, site=site())
    assert [outcome.plugin.name for outcome in called.outcomes] == ["good"]
    assert {each.plugin: each.kind for each in called.problems} == {
        "raises": "PLUGIN_HOOK_FAILED",
        "exits": "PLUGIN_HOOK_EXITED",
        "exits_later": "PLUGIN_HOOK_EXITED",
        "stops": "PLUGIN_HOOK_FAILED",
        "cancels": "PLUGIN_HOOK_EXITED",
        "wrong": "PLUGIN_HOOK_WRONG_TYPE",
        "not_a_list": "PLUGIN_HOOK_WRONG_TYPE",
    }
    assert {each.hook for each in called.problems} == {"gateway_checks"}


async def test_hanging_hooks_are_given_up_while_the_others_answer():
    release = threading.Event()

    def hangs(site):
        release.wait(30)

    async def hangs_async(site):
        await asyncio.sleep(30)

    async def clings(site):
        for _ in range(60):  # swallows its cancellation
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                continue

    plugins = [
        plugin(function.__name__, gateway_checks=function) for function in (hangs, hangs_async, clings)
    ]
    host = host_of(*plugins, plugin_with(check("reader.a"), name="good"), time_limit=0.2)
    called = await asyncio.wait_for(host.call("gateway_checks", expected=Check, site=site()), 8)
    release.set()
    assert [outcome.plugin.name for outcome in called.outcomes] == ["good"]
    assert {each.plugin: each.kind for each in called.problems} == dict.fromkeys(
        ("hangs", "hangs_async", "clings"), "PLUGIN_HOOK_TIMEOUT"
    )


async def test_async_and_sync_hooks_both_answer():
    async def asynchronous(site):
        await asyncio.sleep(0)
        return [check("reader.async")]

    host = host_of(plugin("one", gateway_checks=asynchronous), plugin_with(check("reader.sync"), name="two"))
    called = await host.call("gateway_checks", expected=Check, site=site())
    assert {item.id for outcome in called.outcomes for item in outcome.value} == {
        "reader.async",
        "reader.sync",
    }


async def test_a_hook_that_returns_nothing_brings_nothing():
    host = host_of(plugin("quiet", gateway_exporters=lambda: None))
    called = await host.call("gateway_exporters", expected=Exporter)
    assert not called.problems
    assert [outcome.value for outcome in called.outcomes] == [[]]


async def test_cancelling_the_caller_cancels_the_hooks():
    started, ended = asyncio.Event(), asyncio.Event()

    async def slow(site):
        started.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    host = host_of(plugin("slow", gateway_checks=slow))
    task = asyncio.create_task(host.call("gateway_checks", site=site()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


def test_commands_hook_that_fails_does_not_stop_the_command_line():
    def raises():
        raise SystemExit(9)

    async def asynchronous():
        return []

    host = host_of(plugin("one", gateway_commands=raises), plugin("two", gateway_commands=asynchronous))
    called = host.call_now("gateway_commands")
    assert not called.outcomes
    assert {problem.plugin for problem in called.problems} == {"one", "two"}


def test_hooks_of_a_plugin_are_listed():
    host = host_of(plugin("acme", gateway_checks=lambda site: [], gateway_exporters=lambda: None))
    assert host.hooks_of(host.plugins[0]) == ["gateway_checks", "gateway_exporters", "gateway_plugin_info"]


def test_a_plugin_may_be_an_object():
    class Acme:
        @hookimpl
        def gateway_plugin_info(self):
            return plugin("acme").gateway_plugin_info()

        @hookimpl
        def gateway_exporters(self):
            return []

    host = host_of(Acme())
    assert [loaded.name for loaded in host.plugins] == ["acme"]
