"""Steps that only a person can do: asked for on terminal or page, entered with who, when and evidence.

The steps follow the portal's list (介護WEBサービスの設定, ユーザ権限の設定). A screen copy is
entered as a file's hash, never as the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Check, Waiting
from kaigo_gateway.model.results import Stage

from kaigo_platform_link.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = ("by", "at", "file", "sha256", "size")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, the check's title and the question."""

    name: str
    title: str
    question: str

    @property
    def check_id(self) -> str:
        """The check's id, which is also the key of the question."""
        return f"platform.step.{self.name}"


STEPS: Final = (
    Step(
        "kj_login",
        N_("Login with the office's KJ ID"),
        N_("Did the office's KJ ID log in with a password of its own (not the provisional one)?"),
    ),
    Step(
        "security_mail",
        N_("Security mail address"),
        N_("Is the security mail address (or SMS) registered, so that the one-time password arrives?"),
    ),
    Step(
        "administrator",
        N_("Administrator user"),
        N_("Was the administrator user (管理者ユーザ) of the office created and tried?"),
    ),
    Step(
        "users",
        N_("General users"),
        N_("Were the general users (一般ユーザ) created with the rights of their job type?"),
    ),
    Step(
        "app",
        N_("マイナ資格確認アプリ"),
        N_("Was マイナ資格確認アプリ installed and set up on this terminal, and the terminal registered?"),
    ),
    Step(
        "menu_screen",
        N_("Menu screen captured"),
        N_("Was the menu screen captured as 管理者ユーザ or 一般ユーザ (not as 事業所ユーザ)?"),
    ),
)


def step_checks(wanted: Iterable[str]) -> Iterator[Check]:
    """One check per wanted step, so that all open questions stand side by side."""
    names = set(wanted)
    for number, step in enumerate(STEPS):
        if step.name in names:
            yield Check(
                id=step.check_id,
                stage=Stage.PLATFORM,
                title=step.title,
                run=partial(_confirmed, step),
                order=50 + number,
                evidence=EVIDENCE,
            )


async def _confirmed(step: Step, context: CheckContext) -> Finding:
    """The person's answer as a finding; the Setup waits until there is one."""
    try:
        answer = context.confirmed(step.check_id)
    except Waiting:
        raise Waiting(step.check_id, step.question) from None
    done = str(answer.get("answer", "")) == "yes"
    by = str(answer.get("by", "?"))
    code = "PLATFORM_STEP_CONFIRMED" if done else "PLATFORM_STEP_NOT_DONE"
    return REASONS.finding(
        code, seen={"by": by, "at": str(answer.get("at", "-"))}, evidence=_evidence(answer)
    )


def _evidence(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Who, when, and the hash of an evidence file."""
    file = answer.get("evidence")
    flat = {**answer, **(file if isinstance(file, dict) else {})}
    return {key: flat[key] for key in EVIDENCE if isinstance(flat.get(key), str | int)}
