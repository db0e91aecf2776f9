"""The arrows between the packages, and what may not stand in the repository."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in done.stdout.splitlines() if (ROOT / name).exists()]


def test_no_top_level_folder_is_itself_a_package():
    for folder in ("gateway", "certs", "plugins", *(f"plugins/{p}" for p in ("card_reader", "subsidy"))):
        assert not (ROOT / folder / "__init__.py").exists(), folder


def test_no_key_material_is_tracked():
    endings = (".p12", ".pfx", ".key", ".jks", ".pem")
    assert [name for name in tracked() if name.endswith(endings)] == []


def test_no_private_key_stands_in_a_text():
    block = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
    assert [name for name in tracked() if block.search((ROOT / name).read_bytes())] == []


def test_bootstrap_and_doctor_know_every_extra():
    from kaigo_gateway.doctor import EXTRAS

    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = set(document["project"]["optional-dependencies"])
    script = (ROOT / "scripts/bootstrap.sh").read_text(encoding="utf-8")
    listed = re.search(r'^extras="([a-z,]+)"', script, re.MULTILINE)
    assert set(EXTRAS) == declared
    assert {*listed[1].split(","), "card"} == declared
    for readme in ("README.md", "README.ja.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert all(f"[{extra}]" in text for extra in declared), readme
