"""Documentation is a test subject: what is documented exists, what exists is documented."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from kaigo_gateway import hookspecs
from kaigo_gateway.cli import root

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
PAGES = sorted([*READMES, *(ROOT / "docs").glob("*.md"), ROOT / "THREAT_MODEL.md", ROOT / "CHANGELOG.md"])

GUIDES = [ROOT / "docs/onsite.ja.md"]


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
def test_every_command_line_on_a_page_has_only_options_that_exist(page):
    for line in _command_lines(page.read_text(encoding="utf-8")):
        command, words = root, shlex.split(re.sub(r"[\[\]…|]|\.\.\.", " ", line), comments=True)[1:]
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            command, words = command.get_command(_context(), words[0]), words[1:]
            assert command is not None, line
        known = {option for parameter in (*command.params, *root.params) for option in parameter.opts}
        wanted = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert wanted <= {*known, "--help"}, f"{line}: {sorted(wanted - known)}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_reason_code_that_a_guide_names_exists(guide):
    known = (ROOT / "docs/reference/reasons.md").read_text(encoding="utf-8")
    named = re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", guide.read_text(encoding="utf-8"))
    assert named
    assert [code for code in named if f"\n## {code}\n" not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_between_pages_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


def _code(text):
    """Indented lines and code between backticks: where a command is a command."""
    return [line for line in text.splitlines() if line.startswith("    ")] + re.findall(r"`([^`]+)`", text)


def _command_lines(text):
    """Lines that show one call of the program, without the remark behind it; not ``new|run|list``."""
    lines = [line.strip().removeprefix("$ ").partition("   ")[0] for line in text.splitlines()]
    calls = [line for line in lines if line.startswith("kaigo-gateway ")]
    return [call for call in calls if not re.search(r"^kaigo-gateway [a-z]+ ?[a-z]*\|", call)]


def _context():
    return click.Context(root, info_name="kaigo-gateway")
