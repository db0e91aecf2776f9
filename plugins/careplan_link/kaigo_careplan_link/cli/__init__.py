"""``kaigo-gateway careplan``: check, explain, sample, read, fix and readiness of CarePlan files."""

from __future__ import annotations

import click
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.cli._fix import fix
from kaigo_careplan_link.cli._read import read
from kaigo_careplan_link.cli._readiness import readiness
from kaigo_careplan_link.cli._rules import explain, list_rules
from kaigo_careplan_link.cli._sample import sample
from kaigo_careplan_link.cli._shared import explain_option
from kaigo_careplan_link.cli._validate import validate

__all__ = ["careplan"]


@click.group(short_help=N_("Check, mend and read CarePlan files of the standard 4.1."))
@explain_option
def careplan() -> None:
    """Check, mend and read CarePlan files of the standard 4.1 (ケアプランデータ連携標準仕様)."""


for _each in (validate, explain, list_rules, sample, read, fix, readiness):
    careplan.add_command(_each)
