"""The page docs/careplan-files.md is true: its table of rules, its commands, its example.

``python tests/careplan_files/test_careplan_docs.py`` writes the table anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kaigo_careplan_link.cli import careplan
from kaigo_careplan_link.files import explain, rules

PAGE = Path(__file__).parents[2] / "docs" / "careplan-files.md"
MARK = "## Rules\n\nSeverities in the order lenient, standard, strict.\n\n"


def table() -> str:
    lines = ["| code | severities | what is wrong | what to do |", "|---|---|---|---|"]
    for code, rule in rules().items():
        told = explain(code, "en")
        severities = " · ".join(rule.severity[profile] for profile in ("lenient", "standard", "strict"))
        message = told["message"].replace("|", "\\|").replace("<", "&lt;")
        lines.append(f"| `{code}` | {severities} | {message} | {told['fix']} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_rules_is_what_the_rules_say():
    assert PAGE.read_text("utf-8").partition(MARK)[2] == table()


def test_every_command_and_option_that_the_page_names_exists():
    text = PAGE.read_text("utf-8")
    commands = set(re.findall(r"kaigo-gateway careplan (\w+)", text))
    options = {
        option for command in careplan.commands.values() for each in command.params for option in each.opts
    }

    assert commands == set(careplan.commands)
    assert set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text)) <= options | {"--explain"}


def test_the_example_runs(tmp_path, monkeypatch):
    [example] = re.findall("```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)

    exec(compile(example, str(PAGE), "exec"), {})


@pytest.mark.parametrize(
    "name", ["validate", "read_records", "write_records", "read_to", "fix", "readiness", "explain"]
)
def test_the_functions_that_the_page_names_are_exported(name):
    from kaigo_careplan_link import files

    assert name in files.__all__
    assert f"`{name}" in PAGE.read_text("utf-8")


if __name__ == "__main__":
    before = PAGE.read_text("utf-8").partition(MARK)[0]
    PAGE.write_text(before + MARK + table(), encoding="utf-8", newline="\n")
