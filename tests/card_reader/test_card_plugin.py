"""The plugin as the core sees it: hooks, checks, the sandbox, honest answers where nothing can run."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import kaigo_card_reader
import pytest
from card_rig import CONTACT, PATIENCE, TODAY
from kaigo_card_reader import REASONS, CardReaderSettings, plugin
from kaigo_card_reader.checks import _remote, _service
from kaigo_card_reader.checks._run import checks
from kaigo_card_reader.drivers._codes import CODES, error_of
from kaigo_card_reader.sandbox import _stack
from kaigo_card_reader.sandbox._service import FAULTS, READERS
from kaigo_card_reader.sandbox._stack import Stack
from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.model.descriptors import CheckContext, SandboxContext, Waiting
from kaigo_gateway.model.site import Site
from kaigo_gateway.plugins import PluginHost


def nobody_said(key):
    raise Waiting(key)


def context(settings=None, *, simulated=False, results=None, confirmed=nobody_said):
    site = Site.model_validate(
        {
            "schema": 1,
            "office": {"number": "1370000001", "name": "Office", "services": ["11"]},
            "supporter": {"name": "Supporter"},
        }
    )
    return CheckContext(
        setup_id="S", site=site, simulated=simulated, today=TODAY, settings=settings, results=results or {},
        identity=None, progress=lambda text: None, confirmed=confirmed,
    )  # fmt: skip


def run(check_id, context):
    return next(check for check in checks() if check.id == check_id).run(context)


def test_what_is_exported_can_be_imported():
    assert sorted(kaigo_card_reader.__all__, key=str.casefold) == sorted(
        kaigo_card_reader._HOMES, key=str.casefold
    )
    assert all(getattr(kaigo_card_reader, name) is not None for name in kaigo_card_reader.__all__)
    with pytest.raises(AttributeError):
        kaigo_card_reader.nothing  # noqa: B018


def test_loading_the_plugin_for_help_imports_neither_pydantic_nor_pyscard():
    code = (
        "import sys; from kaigo_card_reader import plugin; plugin.gateway_commands(); "
        "print(sorted({'pydantic', 'smartcard', 'cryptography', 'yaml'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_host_takes_the_plugin_and_its_hooks():
    host = PluginHost([plugin], discover_installed=False)
    assert not host.problems
    assert host.hooks_of(host.plugins[0]) == [
        "gateway_card_reader_drivers",
        "gateway_checks",
        "gateway_commands",
        "gateway_expenses",
        "gateway_plugin_info",
        "gateway_sandbox_services",
    ]


def test_the_checks_have_stable_ids_and_needs():
    assert {check.id: check.needs for check in checks()} == {
        "reader.service": (),
        "reader.exercise": ("reader.service",),
        "reader.card": ("reader.exercise",),
        "reader.purchase": ("reader.exercise",),
    }


def test_every_pcsc_code_leads_to_a_reason_with_a_remedy():
    for number in CODES:
        reason = REASONS[error_of(number, "x").reason]
        assert reason.steps
        assert reason.actor
    assert error_of(-2146434967 & 0xFFFFFFFF, "x").reason == "CARD_REMOVED"
    assert error_of(-2146434967, "x").code == 0x80100069  # pyscard gives it signed
    assert error_of(0x80101234, "x").reason == "READER_TROUBLE"


def test_a_simulated_job_without_a_virtual_reader_touches_no_real_one(monkeypatch):
    def touched(*_):
        raise AssertionError("a real reader was asked")

    monkeypatch.setattr(_service, "service", touched)
    for check_id in ("reader.service", "reader.exercise"):
        (finding,) = run(check_id, context(CardReaderSettings(), simulated=True))
        assert (finding.reason_code, finding.status) == ("READER_NOT_SIMULATED", "skip")


def test_without_pyscard_the_finding_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "smartcard", None)
    (finding,) = run("reader.service", context(CardReaderSettings()))
    assert (finding.reason_code, finding.status) == ("READER_SUPPORT_NOT_INSTALLED", "error")
    assert "kaigo-gateway[card]" in REASONS.steps(finding.reason_code, {}, "ja")[0]


def test_inside_remote_desktop_the_readers_are_not_believed(monkeypatch):
    monkeypatch.setattr(_service, "in_remote_desktop", lambda: True)
    (finding,) = run("reader.service", context(CardReaderSettings()))
    assert (finding.reason_code, finding.status) == ("READER_REMOTE_SESSION", "fail")


def test_outside_windows_there_is_no_remote_desktop_session(monkeypatch):
    monkeypatch.setenv("SESSIONNAME", "RDP-Tcp#1")
    assert _remote.in_remote_desktop() == (sys.platform == "win32")


def test_a_card_check_without_a_card_is_a_skip_not_an_empty_answer():
    exercised = {"reader.exercise": [REASONS.finding("READER_NO_CARD", subject="R")]}
    (finding,) = run("reader.card", context(CardReaderSettings(), results=exercised))
    assert finding.reason_code == "CARD_NONE_READ"


@pytest.mark.parametrize(
    ("hide", "names"),
    [("pcscd", "pcscd"), ("unshare", "unshare"), ("vpcd", "vsmartcard-vpcd"), ("pyscard", "pyscard")],
)
def test_a_missing_part_of_the_sandbox_is_named_with_the_way_to_get_it(monkeypatch, hide, names):
    if sys.platform != "linux":
        pytest.skip("the virtual reader needs Linux")
    which = _stack.shutil.which
    monkeypatch.setattr(
        _stack.shutil, "which", lambda tool: None if tool == hide else which(tool) or f"/bin/{tool}"
    )
    monkeypatch.setattr(_stack, "find_vpcd", lambda: None if hide == "vpcd" else Path("/x"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if hide == "pyscard" else object())
    with pytest.raises(NotInstalled) as missing:
        Stack()
    assert names in missing.value.what
    assert missing.value.how


def test_on_another_system_the_sandbox_says_that_it_needs_linux(monkeypatch):
    monkeypatch.setattr(_stack.sys, "platform", "win32")
    with pytest.raises(NotInstalled):
        Stack()


SANDBOX = """
import asyncio, pathlib, sys
from kaigo_card_reader import plugin
from kaigo_card_reader.checks._run import exercise_all
from kaigo_card_reader import CardReaderSettings, PcscDriver
from kaigo_gateway.model.descriptors import SandboxContext
import datetime as dt

async def main(fault, end):
    (service,) = plugin.gateway_sandbox_services()
    faults = {"card_reader": fault} if fault else {}
    async with service.start(SandboxContext(pathlib.Path("."), None, "1370000001", faults)) as overlay:
        settings = CardReaderSettings(**overlay["plugins"]["card_reader"])
        assert settings.virtual
        found = exercise_all([PcscDriver()], settings, dt.date.today())
        print(*(f.reason_code for f in found), flush=True)
        if end == "error":
            raise RuntimeError("something else broke")
        if end == "kill":
            import os, signal
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1], sys.argv[2]))
if sys.argv[2] == "twice":
    asyncio.run(main(sys.argv[1], ""))
"""


def sandbox(fault: str, end: str, folder: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if "PCSC" not in key}
    environment |= {"TMPDIR": folder} if folder else {}
    command = [sys.executable, "-c", SANDBOX, fault, end]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def processes_of(folder: str) -> list[str]:
    """Processes that name a path below ``folder``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if folder.encode() in entry.read_bytes():
                found.append(entry.parent.name)
    return found


@pytest.mark.cardstack
@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("", "READER_EXERCISED"),
        ("no_card", "READER_NO_CARD"),
        ("other_card", "CARD_NOT_MY_NUMBER"),
        ("locked_pin", "READER_EXERCISED"),
        ("expired_certificate", "READER_EXERCISED"),
        ("mute", "CARD_MUTE"),
    ],
)
def test_the_sandbox_gives_the_demo_its_readers_and_faults(fault, code):
    assert fault in {*FAULTS, ""}
    done = sandbox(fault, "")
    assert done.stdout.split() == [code] * len(READERS), done.stderr


@pytest.mark.cardstack
@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("end", ["", "error", "kill"])
def test_the_sandbox_leaves_neither_process_nor_folder_behind(end):
    with tempfile.TemporaryDirectory(prefix="k-") as folder:
        done = sandbox("", end, folder)
        assert "READER_EXERCISED" in done.stdout, done.stderr
        limit = time.monotonic() + PATIENCE
        while (processes_of(folder) or any(Path(folder).iterdir())) and time.monotonic() < limit:
            time.sleep(0.02)
        assert processes_of(folder) == []
        assert not any(Path(folder).iterdir())


@pytest.mark.cardstack
@pytest.mark.usefixtures("stack")
def test_a_long_folder_for_temporary_files_is_no_trouble(tmp_path):
    folder = tmp_path / ("x" * 60)
    folder.mkdir()
    assert "READER_EXERCISED" in sandbox("", "", str(folder)).stdout


@pytest.mark.cardstack
@pytest.mark.usefixtures("stack")
def test_the_sandbox_can_be_started_again_in_the_same_process():
    done = sandbox("", "twice")
    assert done.stdout.split() == ["READER_EXERCISED"] * 2 * len(READERS), done.stderr


ORDER = """
import os, sys, time
from kaigo_card_reader import DriverError, PcscDriver
from kaigo_card_reader.sandbox._stack import Stack
from kaigo_gateway.errors import NotInstalled

def real():
    try:
        return PcscDriver().readers()
    except DriverError as error:
        return error.reason

if sys.argv[1] == "real first":
    print(real())
try:
    with Stack(("Virtual",)):
        while not PcscDriver().readers():
            time.sleep(0.01)
        print(PcscDriver().readers()[0])
except NotInstalled as missing:
    print(missing.what)
print(real())
"""


def in_order(which: str, **environment: str) -> list[str]:
    clean = {key: value for key, value in os.environ.items() if "PCSC" not in key}
    command = [sys.executable, "-c", ORDER, which]
    done = subprocess.run(
        command, env=clean | environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.cardstack
def test_after_the_demo_the_same_process_reaches_the_machines_own_service(rig):
    """The rig plays the machine's own service here."""
    link = os.environ["PCSCLITE_CSOCK_NAME"]
    virtual, real = in_order("demo first", PCSCLITE_CSOCK_NAME=link)
    assert virtual == "Virtual 00 00"
    assert CONTACT in real


@pytest.mark.cardstack
def test_a_process_that_has_used_real_readers_never_mistakes_them_for_virtual_ones(rig):
    link = os.environ["PCSCLITE_CSOCK_NAME"]
    before, refused, after = in_order("real first", PCSCLITE_CSOCK_NAME=link)
    assert before == after
    assert "already used real readers" in refused


@pytest.mark.cardstack
@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    ("tool", "script", "missing"),
    [
        ("unshare", "exit 1", "the right to make namespaces"),
        ("pcscd", "echo broken >&2; exit 1", "a pcscd that starts"),
    ],
)
def test_a_sandbox_that_cannot_be_started_says_what_it_lacks_and_leaves_nothing(tool, script, missing):
    with tempfile.TemporaryDirectory(prefix="k-") as folder, tempfile.TemporaryDirectory() as tools:
        program = Path(tools, tool)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        shown = in_order("demo first", PATH=path, TMPDIR=folder)
        assert shown[0] == missing
        assert not any(Path(folder).iterdir())


@pytest.mark.cardstack
@pytest.mark.usefixtures("stack")
def test_a_second_stack_in_one_process_is_refused_instead_of_mixing_cards():
    (service,) = plugin.gateway_sandbox_services()

    async def start():
        async with service.start(SandboxContext(Path(), None, "1370000001")):
            raise AssertionError("two stacks at once")

    with pytest.raises(NotInstalled):
        asyncio.run(start())


@pytest.mark.cardstack
def test_the_virtual_readers_are_out_of_reach_from_the_network(rig):
    """vpcd listens on all addresses; in its own network namespace that is only its own loopback."""
    rig.place()
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    assert f":{_stack.FIRST_PORT:04X} " not in listening


@pytest.mark.cardstack
def test_a_setup_waits_for_a_persons_word_while_a_reader_has_no_card(rig):
    settings = CardReaderSettings(readers=(CONTACT,), ask_for_card=True)
    with pytest.raises(Waiting) as waiting:
        run("reader.exercise", context(settings))
    assert (waiting.value.key, bool(waiting.value.question)) == ("reader.card_placed", True)
    (told,) = run("reader.exercise", context(settings, confirmed=lambda key: {"answer": "yes"}))
    assert told.reason_code == "READER_NO_CARD"  # a word is no card
    rig.place()
    (found,) = run("reader.exercise", context(settings))
    assert found.reason_code == "READER_EXERCISED"
