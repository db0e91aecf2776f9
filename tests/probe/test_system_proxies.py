"""What Windows and macOS say about proxies: their registry and their settings played by stand-ins.

The real systems were not run. What runs here is Python's own code for them (``urllib.request`` executed as if
on that system) over a registry, or a ``_scproxy``, that a test fills.
"""

import importlib.util
import sys
import types
import urllib.request

import pytest
from kaigo_gateway.probe import ProxyChoice, Target
from kaigo_gateway.probe._autoconfig import autoconfig_address
from kaigo_gateway.probe._tunnel import ProxyRefusal

TARGET = Target.parse("https://service.example/")
SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"


@pytest.fixture
def bare(monkeypatch):
    """No proxy in the environment."""
    for name in ("https_proxy", "all_proxy", "no_proxy", "http_proxy", "auto_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


class FakeRegistry(types.ModuleType):
    """``winreg`` as far as urllib and pypac ask for it."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE = "HKCU", "HKLM"

    def __init__(self, **values) -> None:
        super().__init__("winreg")
        self.values = values

    def OpenKey(self, _root, name):
        if name != SETTINGS:  # such as the policies of a domain
            raise FileNotFoundError(name)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def Close(self):
        """Nothing is open."""

    def QueryValueEx(self, _key, name):
        if name not in self.values:
            raise FileNotFoundError(name)
        return self.values[name], 1

    def CloseKey(self, _key):
        """Nothing is open."""


def urllib_of(monkeypatch, *, os_name="posix", platform="linux", **modules):
    """``urllib.request`` as it is on another system, in the place of this one's."""
    with monkeypatch.context() as for_a_while:
        for name, module in modules.items():
            monkeypatch.setitem(sys.modules, name, module)
        for_a_while.setattr("os.name", os_name)
        for_a_while.setattr("sys.platform", platform)
        spec = importlib.util.spec_from_file_location("urllib_elsewhere", urllib.request.__file__)
        elsewhere = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(elsewhere)
    for name in ("getproxies", "proxy_bypass"):
        monkeypatch.setattr(f"urllib.request.{name}", getattr(elsewhere, name))


@pytest.mark.parametrize(
    ("server", "shown"),
    [
        ("proxy.example:8080", "proxy.example:8080"),
        ("http=a.example:80;https=b.example:3128", "b.example:3128"),
        ("https=http://c.example:3128", "c.example:3128"),
        ("http=a.example:80", None),
    ],
)
async def test_the_fixed_proxy_of_the_windows_registry(server, shown, bare):
    registry = FakeRegistry(ProxyEnable=1, ProxyServer=server)
    urllib_of(bare, os_name="nt", platform="win32", winreg=registry)
    found = await ProxyChoice("system").for_target(TARGET)
    assert (found.shown if found else None) == shown
    assert found is None or found.source == "system"


async def test_a_proxy_that_is_switched_off_in_windows_is_not_used(bare):
    registry = FakeRegistry(ProxyEnable=0, ProxyServer="proxy.example:8080")
    urllib_of(bare, os_name="nt", platform="win32", winreg=registry)
    assert await ProxyChoice("system").for_target(TARGET) is None


@pytest.mark.parametrize(("override", "direct"), [("*.example", True), ("<local>", False), ("", False)])
async def test_the_exceptions_of_windows_are_kept(override, direct, bare):
    registry = FakeRegistry(ProxyEnable=1, ProxyServer="proxy.example:8080", ProxyOverride=override)
    urllib_of(bare, os_name="nt", platform="win32", winreg=registry)
    assert (await ProxyChoice("system").for_target(TARGET) is None) == direct


async def test_a_socks_proxy_of_windows_is_refused_by_name(bare):
    registry = FakeRegistry(ProxyEnable=1, ProxyServer="https=socks5://s.example:1080")
    urllib_of(bare, os_name="nt", platform="win32", winreg=registry)
    with pytest.raises(ProxyRefusal, match="PROXY_KIND_UNSUPPORTED"):
        await ProxyChoice("system").for_target(TARGET)


def test_the_script_that_the_windows_registry_names(bare):
    settings = pytest.importorskip("pypac.os_settings")
    bare.setattr("sys.platform", "win32")
    bare.setattr(settings, "ON_WINDOWS", True)
    bare.setattr("builtins.WindowsError", OSError, raising=False)
    bare.setattr(settings, "winreg", FakeRegistry(AutoConfigURL="http://wpad.example/a.pac"), raising=False)
    assert autoconfig_address() == "http://wpad.example/a.pac"
    bare.setattr(settings, "winreg", FakeRegistry(), raising=False)
    assert autoconfig_address() is None


def scproxy(proxies, exceptions=(), *, simple=False):
    """``_scproxy`` as macOS has it."""
    module = types.ModuleType("_scproxy")
    module._get_proxies = lambda: dict(proxies)
    module._get_proxy_settings = lambda: {"exceptions": list(exceptions), "exclude_simple": simple}
    return module


@pytest.mark.parametrize(
    ("exceptions", "shown"),
    [((), "mac.example:8080"), (("*.example",), None), (("10.0/8",), "mac.example:8080")],
)
async def test_the_proxy_of_the_macos_settings(exceptions, shown, bare):
    told = scproxy({"https": "http://mac.example:8080"}, exceptions)
    urllib_of(bare, platform="darwin", _scproxy=told)
    bare.setattr("kaigo_gateway.probe.proxies.autoconfig_address", lambda: None)
    found = await ProxyChoice("system").for_target(TARGET)
    assert (found.shown if found else None) == shown


async def test_the_environment_goes_before_the_system_on_both(bare):
    bare.setenv("https_proxy", "http://p.example:3128")
    registry = FakeRegistry(ProxyEnable=1, ProxyServer="proxy.example:8080")
    urllib_of(bare, os_name="nt", platform="win32", winreg=registry)
    assert (await ProxyChoice("system").for_target(TARGET)).shown == "p.example:3128"
