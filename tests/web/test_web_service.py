"""``kaigo-gateway service``: written, judged by the system, looked after, removed; and frozen products."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from kaigo_gateway.web.service import NOT_RUN, definition
from test_web_serve import run, started

LINUX = pytest.mark.skipif(os.name != "posix", reason="systemd is of Linux")
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def unit_in(home):
    return home / "config" / "systemd" / "user" / "kaigo-gateway.service"


@LINUX
def test_the_systemd_unit_is_written_once_and_says_how_to_switch_it_on(tmp_path):
    done = run(tmp_path, "service", "install", "--port", "8999")
    assert done.returncode == 0, done.stderr
    assert "--port 8999" in unit_in(tmp_path).read_text()
    assert "systemctl --user enable --now kaigo-gateway.service" in done.stdout
    assert "loginctl enable-linger" in done.stderr
    assert run(tmp_path, "service", "install").returncode == 2
    assert run(tmp_path, "service", "install", "--force").returncode == 0


@LINUX
@pytest.mark.parametrize("settings", ["settings.toml", 'our settings/100% $HOME "x".toml'])
def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path, settings):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    assert run(tmp_path, "service", "install", "--settings", str(tmp_path / settings)).returncode == 0
    verify = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(unit_in(tmp_path))],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verify.returncode, verify.stderr) == (0, "")


@LINUX
def test_the_definition_is_taken_back_and_nothing_else_is(tmp_path):
    run(tmp_path, "service", "install")
    wanted = unit_in(tmp_path).parent / "default.target.wants" / "kaigo-gateway.service"
    wanted.parent.mkdir()
    wanted.symlink_to(unit_in(tmp_path))
    done = run(tmp_path, "service", "uninstall")
    assert done.returncode == 0
    assert "systemctl --user stop" in done.stdout
    assert not unit_in(tmp_path).exists()
    assert not wanted.is_symlink()
    again = run(tmp_path, "service", "uninstall")
    assert again.returncode == 2
    assert "There is no definition" in again.stderr
    foreign = tmp_path / "other.service"
    foreign.write_text("[Unit]\n")
    refused = run(tmp_path, "service", "uninstall", "--file", str(foreign))
    assert refused.returncode == 2
    assert foreign.exists()


async def test_status_says_whether_it_is_installed_and_whether_it_answers(tmp_path):
    nothing = run(tmp_path, "service", "status", "--port", "1", "--json")
    assert nothing.returncode == 1
    told = json.loads(nothing.stdout)
    assert (told["installed"], told["version"], told["overall"]) == (False, None, "fail")
    run(tmp_path, "service", "install", "--kind", "systemd")
    async with started(tmp_path) as (_, said):
        port = re.search(r"http://127\.0\.0\.1:(\d+)", said)[1]
        done = run(tmp_path, "service", "status", "--kind", "systemd", "--port", port)
        assert done.returncode == 0, done.stderr
        assert f"It answers at http://127.0.0.1:{port} (version" in done.stdout


def task_in(path):
    return ET.fromstring(path.read_bytes().decode("utf-16"))


def test_the_task_is_as_its_schema_says_and_is_said_not_to_have_run_on_windows(tmp_path):
    out = tmp_path / "task & co.xml"
    done = run(tmp_path, "service", "install", "--kind", "task-scheduler", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "not run on Windows" in done.stderr
    assert "schtasks /Create /TN kaigo-gateway" in done.stdout
    task = task_in(out)
    assert NOT_RUN in task.findtext(f"{SPACE}RegistrationInfo/{SPACE}Description")
    assert task.findtext(f".//{SPACE}Exec/{SPACE}Command") == sys.executable
    assert "serve --port 8720" in task.findtext(f".//{SPACE}Exec/{SPACE}Arguments")
    assert (
        run(tmp_path, "service", "uninstall", "--kind", "task-scheduler", "--file", str(out)).returncode == 0
    )
    assert not out.exists()


CHILDREN = {
    "Task": ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    "RegistrationInfo": ["Author", "Description"],
    "Triggers": ["BootTrigger"],
    "BootTrigger": ["Enabled", "Delay"],
    "Principals": ["Principal"],
    "Principal": ["UserId", "LogonType", "RunLevel"],
    "Settings": [
        "MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries",
        "StartWhenAvailable", "ExecutionTimeLimit", "RestartOnFailure", "Enabled",
    ],
    "RestartOnFailure": ["Interval", "Count"],
    "Actions": ["Exec"],
    "Exec": ["Command", "Arguments"],
}  # fmt: skip
VALUES = {
    "Enabled": "true|false", "Delay": r"PT\d+S", "LogonType": "S4U", "RunLevel": "LeastPrivilege",
    "MultipleInstancesPolicy": "IgnoreNew", "DisallowStartIfOnBatteries": "true|false",
    "StopIfGoingOnBatteries": "true|false", "StartWhenAvailable": "true|false", "ExecutionTimeLimit": "PT0S",
    "Interval": r"PT\d+M", "Count": r"\d+", "UserId": r".+", "Command": r".+", "Arguments": r".+",
    "Author": ".+", "Description": ".+",
}  # fmt: skip
"""The parts of the Task Scheduler schema 1.4 that we use (MS-TSCH 2.5): elements and kinds of values."""


@pytest.mark.parametrize("user", ["ケアプラン 太郎", 'a & <b> "c"'])
def test_every_element_of_the_task_is_one_of_the_schema_with_a_value_that_it_allows(
    monkeypatch, tmp_path, user
):
    monkeypatch.setenv("USERDOMAIN", "OFFICE")
    monkeypatch.setenv("USERNAME", user)
    settings = tmp_path / "our settings & co.toml"
    task = ET.fromstring(definition("task-scheduler", settings=settings, port=8720).split("?>", 1)[1])
    assert task.attrib["version"] == "1.4"
    assert task.findtext(f".//{SPACE}UserId") == f"OFFICE\\{user}"
    assert f'"{settings}"' in task.findtext(f".//{SPACE}Arguments")
    for element in task.iter():
        name = element.tag.removeprefix(SPACE)
        children = [child.tag.removeprefix(SPACE) for child in element]
        assert children == CHILDREN.get(name, []), name
        if not children:
            assert re.fullmatch(VALUES[name], element.text), name


def test_a_frozen_product_starts_itself_and_no_module(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert f"ExecStart={sys.executable} serve --port 8720\n" in definition(
        "systemd", settings=None, port=8720
    )


def test_a_frozen_product_takes_data_and_plugins_with_it():
    import runpy
    from pathlib import Path

    pytest.importorskip("PyInstaller")
    from kaigo_gateway._pyinstaller import get_hook_dirs

    (folder,) = get_hook_dirs()
    hook = runpy.run_path(str(Path(folder) / "hook-kaigo_gateway.py"))
    taken = {Path(source).name for source, _ in hook["datas"]}
    assert {"app.css", "app.js", "tokens.css", "setup.html", "report.html"} <= taken
    assert {"kaigo_subsidy.plugin", "kaigo_card_reader.plugin"} <= set(hook["hiddenimports"])
