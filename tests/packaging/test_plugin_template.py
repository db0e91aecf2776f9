"""``plugins new`` writes a plugin that installs, is found, passes its own test and the lint."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from kaigo_gateway.errors import InputError
from kaigo_gateway.pluginkit import write_plugin


def run(*command, cwd, **extra):
    environment = {**os.environ, "LANG": "C.UTF-8", **extra}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_a_new_plugin_installs_runs_and_lacks_nothing(tmp_path):
    project, installed = tmp_path / "acme", tmp_path / "installed"
    write_plugin("acme", project)
    pip = run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        installed,
        project,
        cwd=tmp_path,
    )
    assert pip.returncode == 0, pip.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "test_plugin.py").write_text((project / "tests/test_plugin.py").read_text())
    (elsewhere / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    path = {"PYTHONPATH": str(installed)}
    program = [sys.executable, "-c", "from kaigo_gateway.cli import main; main()"]
    assert (
        "1 passed" in run(sys.executable, "-m", "pytest", "-q", "-W", "ignore", cwd=elsewhere, **path).stdout
    )
    assert "Nothing is missing" in run(*program, "plugins", "lint", "acme", cwd=elsewhere, **path).stdout
    assert (
        "[in use] acme  kaigo-gateway-acme 0.1.0"
        in run(*program, "plugins", "list", cwd=elsewhere, **path).stdout
    )


@pytest.mark.parametrize("name", ["Acme", "1st", "a-b", "", "a" * 60])
def test_a_name_that_python_cannot_import_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="cannot be the name"):
        write_plugin(name, tmp_path / "x")


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="not empty"):
        write_plugin("acme", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
