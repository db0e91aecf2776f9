"""The wheel: what it installs, and that it alone is enough to run the demo."""

from __future__ import annotations

import json
import subprocess
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "kaigo_gateway",
    "kaigo_certs",
    "kaigo_card_reader",
    "kaigo_platform_link",
    "kaigo_careplan_link",
    "kaigo_subsidy",
}


@pytest.fixture(scope="session")
def names(wheel) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_installs_exactly_our_six_packages(names):
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == PACKAGES


def test_every_package_is_typed_and_speaks_japanese(names):
    for package in PACKAGES:
        assert f"{package}/py.typed" in names
        assert f"{package}/locale/ja/LC_MESSAGES/{package}.mo" in names


def test_every_data_file_of_the_source_is_in_the_wheel(names):
    """Templates, rules, tables, fonts: whatever git tracks beside the code."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for tracked in listed.splitlines():
        parts = tracked.split("/")
        package = next((part for part in parts if part in PACKAGES), None)
        if (
            package is None
            or parts[0] not in {"gateway", "certs", "plugins"}
            or not (ROOT / tracked).exists()
        ):
            continue
        assert "/".join(parts[parts.index(package) :]) in names, tracked


def test_no_key_material_and_no_tests_are_shipped(names):
    bad = [name for name in names if name.endswith((".p12", ".pfx", ".key", ".jks")) or "/tests/" in name]
    assert bad == []


def test_entry_points_name_the_four_bundled_plugins(wheel):
    with zipfile.ZipFile(wheel) as archive:
        path = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        text = archive.read(path).decode()
    for plugin in ("card_reader", "platform_link", "careplan_link", "subsidy"):
        assert f"{plugin} = kaigo_{plugin}.plugin" in text


@pytest.mark.slow
def test_the_wheel_alone_runs_the_demo_without_any_debian_package(wheel, tmp_path):
    """A fresh environment, no extras, a PATH without pcscd: the reader stage says so, all else runs."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    environment = {"PATH": str(tmp_path / "venv" / "bin"), "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [tmp_path / "venv" / "bin" / "kaigo-gateway", "demo", "--json", "--out", tmp_path / "out"],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    report = json.loads(done.stdout)
    statuses = {result["status"] for result in report["results"] if result["stage"] == "reader"}
    assert done.returncode in {0, 1}, done.stderr
    assert statuses
    assert "ok" not in statuses
    assert "pyscard" in done.stderr or "pcscd" in done.stderr
    assert report["setup"]["sealed"] is True
    connected = {r["check_id"]: r["status"] for r in report["results"]}
    assert connected["platform.connection"] == connected["careplan.connection"] == "ok"
    assert (tmp_path / "out" / "report.html").exists()
