"""``careplan explain`` and ``careplan rules``."""

from __future__ import annotations

import click
from kaigo_gateway.cli.toolkit import json_option, print_json, say
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.cli._shared import PROFILE_SAYS, PROFILES
from kaigo_careplan_link.files._console import show_explanation


@click.command(short_help=N_("Say what a code means, with an example and what to do."))
@click.argument("code")
@json_option
def explain(code: str, *, as_json: bool) -> None:
    """Say what a code means: why it matters, an example, what to do and who acts."""
    show_explanation(code, as_json=as_json)


@click.command("rules", short_help=N_("List all rules with their severity."))
@click.option(
    "--profile",
    type=PROFILES,
    default="standard",
    show_default=True,
    help=PROFILE_SAYS,
)
@json_option
def list_rules(*, profile: str, as_json: bool) -> None:
    """List all rules with their severity in a profile."""
    from kaigo_careplan_link.files import explain as explain_code
    from kaigo_careplan_link.files import rules

    if as_json:
        print_json({"rules": [explain_code(code) for code in rules()]})
        return
    for code in rules():
        rule = explain_code(code)
        say(f"{code:28} {rule['severity'][profile]:8} {rule['message']}")
