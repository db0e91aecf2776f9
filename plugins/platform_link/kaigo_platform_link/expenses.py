"""Support lines (要綱 第3条第2号) whose work this Setup proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.expenses import ExpenseKind, ExpenseLine, SupportItem
from kaigo_gateway.model.results import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.descriptors import SetupView

PROOFS: Final[Mapping[SupportItem, tuple[str, ...]]] = {
    SupportItem.APP_SETUP: ("platform.step.app",),
    SupportItem.WEB_SERVICE_SETUP: ("certificate.ready", "platform.connection"),
    SupportItem.USER_RIGHTS: ("platform.step.administrator", "platform.step.users"),
}
"""Which checks prove which item; an item that is not here is proved by another plugin or by nobody."""


def passed(setup: SetupView, check_id: str) -> bool:
    """Whether a check has ended without a failure."""
    findings = setup.results.get(check_id, ())
    return bool(findings) and all(f.status in {Status.OK, Status.WARN} for f in findings)


def proved_lines(setup: SetupView) -> list[ExpenseLine]:
    """The site's own priced lines, with a stable key and the checks that prove them."""
    lines = []
    for index, line in enumerate(setup.site.expenses):
        proof = PROOFS.get(line.item) if line.item else None
        if line.kind is not ExpenseKind.CONNECTION_SUPPORT or proof is None:
            continue
        if all(passed(setup, check_id) for check_id in proof):
            key = f"platform_link.{line.item}.{index}"
            lines.append(line.model_copy(update={"key": key, "proof": proof}))
    return lines
