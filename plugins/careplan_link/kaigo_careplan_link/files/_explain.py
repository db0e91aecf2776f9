"""What a code means: why, example, what to do, who acts. For people and for JSON."""

from __future__ import annotations

import re
from typing import Any

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, current_language

from kaigo_careplan_link.files._rules import rules


def explain(code: str, language: str | None = None) -> dict[str, Any]:
    """The rule ``code`` in ``ja`` or ``en`` as JSON types; ``InputError`` for an unknown code."""
    language = language or current_language()
    rule = rules().get(code.upper())
    if rule is None:
        raise InputError(
            N_("There is no rule {code}."),
            N_("'careplan rules' lists them."),
            domain="kaigo_careplan_link",
            code=code,
        )
    return {
        "code": code.upper(),
        "level": rule.level,
        "severity": dict(rule.severity),
        "actor": rule.actor,
        "source": rule.source,
        "interpretation": rule.interpretation,
        "message": re.sub(r"\{\w+\}", "…", rule.message.text(language)),
        "why": rule.why.text(language),
        "bad": rule.bad,
        "good": rule.good,
        "fix": rule.fix.text(language),
    }
