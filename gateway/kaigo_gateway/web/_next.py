"""What a person does next with a Setup, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.results import Status

if TYPE_CHECKING:
    from kaigo_gateway.web.api.models import SetupDetail


def next_step(setup: SetupDetail) -> str:
    """A message id."""
    if setup.trouble is not None:
        return N_("Remove the cause named below, then continue.")
    if setup.state == "running":
        return N_("The checks are running; this page follows them.")
    if setup.questions:
        return N_("Confirm the steps that only a person can do.")
    if any(setup.counts.get(status.value) for status in (Status.FAIL, Status.ERROR)):
        return N_("Put right what is marked, then run those checks again.")
    if setup.state == "done":
        return N_("Download the papers and hand them to the office.")
    return N_("Start the checks.")
