"""Human steps, terminal facts, and which lines are proved."""

import contextlib
import plistlib
import sys
import types
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from kaigo_gateway.model.descriptors import SetupView, Waiting
from kaigo_gateway.model.results import Status
from kaigo_platform_link import plugin
from kaigo_platform_link.checks import _browsers
from kaigo_platform_link.checks._browsers import browsers
from kaigo_platform_link.checks._terminal import system_code, terminal_facts
from kaigo_platform_link.reasons import REASONS
from kaigo_platform_link.settings import PlatformSettings
from platform_rig import context_of, run, site_of

STEPS = ("kj_login", "security_mail", "administrator", "users", "app", "menu_screen")


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_waits_with_its_question_until_somebody_answers(step):
    with pytest.raises(Waiting) as asked:
        await run(f"platform.step.{step}", context_of(site_of()))
    assert asked.value.key == f"platform.step.{step}"
    assert asked.value.question.endswith("?")


async def test_a_confirmed_step_keeps_who_when_and_the_hash_of_the_file():
    answer = {
        "answer": "yes",
        "by": "Sato",
        "at": "2026-11-22T10:00:00+09:00",
        "evidence": {"file": "menu.png", "sha256": "0" * 64, "size": 5},
        "note": "not taken over",
    }
    context = context_of(site_of(), answers={"platform.step.menu_screen": answer})
    (found,) = await run("platform.step.menu_screen", context)
    assert (found.status, found.reason_code) == (Status.OK, "PLATFORM_STEP_CONFIRMED")
    assert dict(found.evidence) == {
        "by": "Sato", "at": "2026-11-22T10:00:00+09:00", "file": "menu.png", "sha256": "0" * 64, "size": 5,
    }  # fmt: skip


async def test_a_step_answered_with_no_is_a_failure_of_the_office():
    context = context_of(site_of(), answers={"platform.step.users": {"answer": "no", "by": "Sato"}})
    (found,) = await run("platform.step.users", context)
    assert (found.status, found.actor) == (Status.FAIL, "office")


def test_steps_that_do_not_apply_are_left_out_in_the_settings():
    site = site_of(plugins={"platform_link": {"steps": ["kj_login"]}})
    ids = [check.id for check in plugin.gateway_checks(site)]
    assert ids == ["platform.terminal", "platform.connection", "platform.step.kj_login"]


def facts(**changed):
    return {"system": "Windows", "release": "10", "build": 22631, "tls13": True, "browsers": ["x"], **changed}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "PLATFORM_TERMINAL_OK"),
        ({"build": 19045}, "PLATFORM_TERMINAL_WINDOWS_OLD"),
        ({"system": "Linux"}, "PLATFORM_TERMINAL_OTHER_SYSTEM"),
        ({"system": "Darwin"}, "PLATFORM_TERMINAL_OTHER_SYSTEM"),
        ({"tls13": False}, "PLATFORM_TERMINAL_NO_TLS13"),
    ],
)
def test_the_terminal_is_judged_by_its_facts(changed, code):
    assert system_code(facts(**changed)) == code


async def test_the_facts_of_this_terminal_are_on_record():
    found, *_ = await run("platform.terminal", context_of(site_of()))
    assert found.evidence["tls13"] == terminal_facts()["tls13"]


class Registry(types.ModuleType):
    """``winreg`` with one browser, its version and one app, as far as the plugin asks for it."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE = "HKCU", "HKLM"
    packages = ("Contoso.Mynacheck_1.0_x64__abc",)
    values = types.MappingProxyType(
        {
            (r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\msedge.exe", ""): r"C:\Edge\msedge.exe",
            (
                r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\firefox.exe",
                "",
            ): r"C:\Firefox\firefox.exe",
            (r"Software\Microsoft\Edge\BLBeacon", "version"): "156.0.3000.1",
        }
    )

    def __init__(self) -> None:
        super().__init__("winreg")

    def OpenKey(self, _root, name):
        if "Packages" not in name and all(name != key for key, _ in self.values):
            raise FileNotFoundError(name)
        self.opened = name
        return contextlib.nullcontext(name)

    def QueryValueEx(self, key, name):
        if (key, name) not in self.values:
            raise FileNotFoundError(name)
        return self.values[key, name], 1

    def CloseKey(self, _key):
        """Nothing is open."""

    def QueryInfoKey(self, _key):
        return (len(self.packages), 0, 0)

    def EnumKey(self, _key, number):
        return self.packages[number]


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr("platform.system", lambda: "Windows")
    monkeypatch.setattr("platform.version", lambda: "10.0.26100")
    monkeypatch.setitem(sys.modules, "winreg", Registry())


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(
    ("package", "code"), [("mynacheck", "PLATFORM_APP_FOUND"), ("other", "PLATFORM_APP_MISSING")]
)
async def test_the_app_is_looked_for_where_its_name_is_given(package, code):
    context = context_of(site_of(), settings=PlatformSettings(app_package=package))
    terminal, app = await run("platform.terminal", context)
    assert (terminal.reason_code, app.reason_code) == ("PLATFORM_TERMINAL_OK", code)
    assert terminal.evidence["browsers"] == ["Microsoft Edge 156.0.3000.1", "Firefox"]
    assert terminal.seen["system"] == "Windows 11 (build 26100)"


@pytest.mark.usefixtures("windows")
async def test_without_its_name_nothing_is_claimed_about_the_app():
    assert len(await run("platform.terminal", context_of(site_of()))) == 1


async def test_a_browser_says_its_version_itself(tmp_path, monkeypatch):
    for name, script in (("chromium", "echo Chromium 156.0.8078.79 built on Debian"), ("firefox", "exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert browsers() == ["Chromium 156.0.8078.79", "Firefox"]


def test_macos_tells_the_version_in_the_application(tmp_path, monkeypatch):
    """Played: the folder of an application with its description, and one that is damaged."""
    for name, described in (
        ("Google Chrome", plistlib.dumps({"CFBundleShortVersionString": "156.0"})),
        ("Firefox", b"x"),
    ):
        (tmp_path / f"{name}.app" / "Contents").mkdir(parents=True)
        (tmp_path / f"{name}.app" / "Contents" / "Info.plist").write_bytes(described)
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    moved = [replace(each, app=str(tmp_path / Path(each.app).name)) for each in _browsers._BROWSERS]
    monkeypatch.setattr(_browsers, "_BROWSERS", moved)
    assert browsers() == ["Google Chrome 156.0", "Firefox"]


LINES = [
    {"kind": "connection_support", "item": item, "amount": 1000, "incurred_on": "2026-11-22"}
    for item in ("reader_check", "app_setup", "web_service_setup", "user_rights")
]


def view(results):
    site = site_of(expenses=LINES)
    return SetupView("test", site, simulated=False, today=date(2026, 11, 22), results=results)


OK = [REASONS.finding("PLATFORM_STEP_CONFIRMED")]
BAD = [REASONS.finding("PLATFORM_STEP_NOT_DONE")]


def items(results):
    return [line.item.value for line in plugin.gateway_expenses(view(results))]


def test_nothing_is_emitted_for_work_that_was_not_proved():
    assert items({}) == []


def test_each_item_needs_its_own_proof():
    connected = {"certificate.ready": OK, "platform.connection": OK}
    rights = {"platform.step.administrator": OK, "platform.step.users": OK}
    assert items(connected) == ["web_service_setup"]
    assert items({"platform.step.app": OK}) == ["app_setup"]
    assert items(rights) == ["user_rights"]
    assert items({**rights, "platform.step.users": BAD}) == []
    assert items({**connected, "platform.connection": [*OK, *BAD]}) == []


def test_keys_are_stable_and_the_proof_is_named():
    results = {"certificate.ready": OK, "platform.connection": OK}
    (first,), (again,) = (plugin.gateway_expenses(view(results)) for _ in range(2))
    assert first == again
    assert first.key == "platform_link.web_service_setup.2"
    assert first.proof == ("certificate.ready", "platform.connection")
    assert first.amount == 1000
