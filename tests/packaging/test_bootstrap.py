"""The bootstrap script where it has no right to install: one line, and on it goes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def stub(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def bootstrap(tmp_path: Path, what: str = "demo"):
    """Run the script as an ordinary user on a Debian without any of the packages; pip only writes down."""
    tools = tmp_path / "bin"
    tools.mkdir(exist_ok=True)
    stub(tools, "dpkg-query", "exit 1")
    stub(tools, "id", "echo 1000")
    stub(tools, "sudo", "exit 1")
    stub(tools, "pkg-config", "exit 1")
    venv = tmp_path / "venv" / "bin"
    venv.mkdir(parents=True, exist_ok=True)
    stub(venv, "python", f'echo "$@" >> {tmp_path}/pip.log')
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "VENV": str(tmp_path / "venv")}
    environment.pop("KAIGO_INSTALL", None)
    command = [ROOT / "scripts/bootstrap.sh", what]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_what_cannot_be_installed_is_said_in_one_line_with_what_is_skipped(tmp_path):
    done = bootstrap(tmp_path)
    assert done.returncode == 0
    said = [line for line in done.stderr.splitlines() if "Not installed" in line]
    assert len(said) == 1
    assert "vsmartcard-vpcd" in said[0]
    assert "skipped" in said[0]


def test_without_the_pcsc_headers_everything_but_the_card_extra_is_installed(tmp_path):
    bootstrap(tmp_path)
    installed = (tmp_path / "pip.log").read_text()
    assert "--editable .[attachments," in installed
    assert "card," not in installed


def test_the_second_run_does_nothing(tmp_path):
    bootstrap(tmp_path)
    (tmp_path / "pip.log").unlink()
    done = bootstrap(tmp_path)
    assert done.returncode == 0
    assert not (tmp_path / "pip.log").exists()
