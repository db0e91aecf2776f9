"""The rules of the checker: severity per profile, texts in both languages, who acts. One YAML file."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import yaml
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from pydantic import BaseModel, ConfigDict

from kaigo_careplan_link.files._standard import Title

if TYPE_CHECKING:
    from collections.abc import Mapping

Severity = Literal["error", "warning", "notice", "off"]
Profile = Literal["lenient", "standard", "strict"]
PROFILES: tuple[Profile, ...] = ("lenient", "standard", "strict")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice", "off")


class Rule(BaseModel):
    """One rule. ``message`` has ``{placeholders}``; ``fix`` says what to do, ``actor`` who does it.

    ``source`` says where the rule comes from; ``interpretation`` marks what the text of the standard leaves
    open and this checker reads in one way: such a rule never gives an error in ``standard``. ``once``: one
    finding per value and file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["input", "name", "bytes", "csv", "field", "row", "file", "unit", "sending"]
    severity: dict[Profile, Severity]
    actor: Literal["office", "supporter", "care_software_vendor"]
    source: str
    interpretation: bool = False
    once: bool = False
    message: Title
    why: Title
    fix: Title
    bad: str
    good: str


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """All rules by code, loaded once."""
    text = files(__package__).joinpath("rules.yaml").read_bytes()
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return {code: _rule(data) for code, data in loaded.items()}


def _rule(data: dict[str, object]) -> Rule:
    """``severity`` is written as three words: lenient, standard, strict."""
    words = str(data["severity"]).split()
    return Rule.model_validate({**data, "severity": dict(zip(PROFILES, words, strict=True))})


def severities(profile: str, overrides: Mapping[str, str] | None = None) -> dict[str, Severity]:
    """The severity of every rule in ``profile``; ``overrides`` (code → severity) win.

    Raises ``InputError`` for a profile, code or severity that does not exist.
    """
    if profile not in PROFILES:
        raise InputError(
            N_("There is no profile called {profile}."),
            N_("Use one of: {names}."),
            domain="kaigo_careplan_link",
            profile=profile,
            names=list(PROFILES),
        )
    chosen = {code: rule.severity[profile] for code, rule in rules().items()}
    for code, severity in (overrides or {}).items():
        if code not in chosen or severity not in SEVERITIES:
            raise InputError(
                N_("The rule setting {code} = {severity} is not possible."),
                N_("Name a rule of 'careplan rules' and one of: {names}."),
                domain="kaigo_careplan_link",
                code=code,
                severity=severity,
                names=list(SEVERITIES),
            )
        chosen[code] = severity
    return chosen
