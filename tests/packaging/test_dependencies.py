"""What the wheel needs: installable from ready-made wheels where vendors ship, and free of GPL and AGPL."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLATFORMS = {"Windows": "win_amd64", "macOS": "macosx_11_0_arm64"}
STRICT_COPYLEFT = re.compile(r"(?<!L)(?<!Lesser )\b(A?GPL|(Affero )?General Public License)", re.IGNORECASE)


def extras() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted(project["optional-dependencies"])


def resolved(wheel: Path, platform: str, python: str, folder: Path) -> list[dict]:
    """What pip would install from wheels alone on that system, all extras included; nothing is installed."""
    report = folder / "report.json"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run",
         "--ignore-installed", "--only-binary=:all:", "--platform", platform, "--python-version", python,
         "--target", folder / "target", "--report", report, f"{wheel}[{','.join(extras())}]"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [each["metadata"] for each in json.loads(report.read_text(encoding="utf-8"))["install"]]


def licence(metadata: dict) -> str:
    classifiers = [each for each in metadata.get("classifier", ()) if each.startswith("License")]
    return " | ".join([metadata.get("license_expression") or metadata.get("license") or "", *classifiers])


@pytest.mark.parametrize("python", ["3.11", "3.13"])
@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_every_dependency_has_a_wheel(wheel, tmp_path, platform, python):
    """Nobody compiles in a care office. Resolved only: nothing was run on Windows or macOS."""
    names = {metadata["name"].lower() for metadata in resolved(wheel, platform, python, tmp_path)}
    assert {"aiohttp", "cryptography", "pyscard", "typst", "duckdb"} <= names


def test_no_dependency_is_under_the_gpl_or_the_agpl(wheel, tmp_path):
    for metadata in resolved(wheel, PLATFORMS["Windows"], "3.12", tmp_path):
        said = licence(metadata)
        assert said.strip(" |"), f"{metadata['name']} names no licence"
        assert not STRICT_COPYLEFT.search(said), f"{metadata['name']}: {said}"


@pytest.mark.parametrize(
    ("said", "strict"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)", False),
        ("MIT", False),
    ],
)
def test_the_words_of_a_licence_are_understood(said, strict):
    assert bool(STRICT_COPYLEFT.search(said)) is strict
