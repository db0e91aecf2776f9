"""What the command line can do, the REST API can do: docs/rest-api.md says how, or why not."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from kaigo_gateway.cli import root
from kaigo_gateway.web.api.openapi import operations_of_this_release
from kaigo_gateway.web.api.table import PREFIX

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "rest-api.md").read_text(encoding="utf-8")
PART = GUIDE.split("## The command line over REST\n", 1)[1].split("\n## ", 1)[0]
ROWS = {
    re.sub(r"[`]", "", cells[0].strip()): [cell.strip() for cell in cells[1:]]
    for cells in (line.strip("|").split("|") for line in PART.splitlines() if line.startswith("| `"))
}
OPERATIONS = {f"{each.method} {PREFIX}{each.path}" for each in operations_of_this_release()}
EVERYWHERE = {"--json", "--help", "-h"}


def leaves(command, path, context):
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    for name in command.list_commands(context):
        yield from leaves(command.get_command(context, name), [*path, name], context)


def commands():
    context = click.Context(root)
    with context:
        return dict(leaves(root, [], context))


COMMANDS = commands()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_an_operation_or_a_reason_to_have_none(name):
    assert name in ROWS, f"docs/rest-api.md, 'The command line over REST', lacks {name}"
    operations, _, only_here = ROWS[name]
    assert re.findall(r"`([A-Z]+ /[^`]+)`", operations) or only_here.startswith("all of it")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_of_a_command_is_there_or_has_a_reason_not_to_be(name):
    said = set(re.findall(r"`(--[a-z0-9-]+)`", "|".join(ROWS[name][1:])))
    options = {
        next(each for each in parameter.opts if each.startswith("--"))
        for parameter in COMMANDS[name].params
        if isinstance(parameter, click.Option)
    }
    assert said == options - EVERYWHERE


@pytest.mark.parametrize("name", ROWS)
def test_each_operation_that_the_table_names_is_there(name):
    assert name in COMMANDS, f"{name} is no command"
    assert set(re.findall(r"`([A-Z]+ /api[^`]+)`", "|".join(ROWS[name]))) <= OPERATIONS
