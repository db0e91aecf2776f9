"""Documentation is a test subject: what is documented exists, what exists is documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from kaigo_gateway import hookspecs
from kaigo_gateway.cli import root

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
PAGES = sorted([*READMES, *(ROOT / "docs").glob("*.md"), ROOT / "THREAT_MODEL.md", ROOT / "CHANGELOG.md"])


def test_the_reference_pages_are_what_the_code_says():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_hook_is_documented_with_its_exact_signature():
    page = (ROOT / "docs/reference/hooks.md").read_text(encoding="utf-8")
    hooks = [name for name in vars(hookspecs) if name.startswith("gateway_")]
    assert hooks
    for name in hooks:
        assert f"\n## {name}\n" in page


def test_every_reason_code_is_documented_in_both_languages():
    from kaigo_gateway._reports import books_of
    from kaigo_gateway.plugins import PluginHost

    page = (ROOT / "docs/reference/reasons.md").read_text(encoding="utf-8")
    codes = [reason.code for book in books_of(PluginHost()) for reason in book]
    assert len(codes) > 100
    for code in codes:
        assert f"\n## {code}\n" in page


def test_no_reason_code_stands_in_two_books():
    from kaigo_gateway._reports import books_of
    from kaigo_gateway.plugins import PluginHost

    codes = [reason.code for book in books_of(PluginHost()) for reason in book]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_each_readme_opens_with_the_two_commands(readme):
    lines = readme.read_text(encoding="utf-8").splitlines()
    assert lines[2].split("#")[0].strip() == "make demo"
    assert lines[3].split("#")[0].strip() == "make test"


def test_the_two_readmes_show_the_same_code():
    english, japanese = (
        re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL) for path in READMES
    )
    assert english == japanese != []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_that_a_readme_names_exists(readme):
    text = "\n".join(_code(readme.read_text(encoding="utf-8")))
    named = {
        (family, name)
        for family, names in re.findall(r"kaigo-gateway ([a-z]+)(?: ([a-z|]+))?", text)
        for name in (names.split("|") if names else [""])
    }
    assert ("setup", "run") in named
    for family, name in named:
        command = root.get_command(_context(), family)
        assert command is not None, family
        children = getattr(command, "commands", {})
        if name and children:
            assert name in children, f"{family} {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_between_pages_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


def _code(text):
    """Indented lines and code between backticks: where a command is a command."""
    return [line for line in text.splitlines() if line.startswith("    ")] + re.findall(r"`([^`]+)`", text)


def _context():
    import click

    return click.Context(root, info_name="kaigo-gateway")
