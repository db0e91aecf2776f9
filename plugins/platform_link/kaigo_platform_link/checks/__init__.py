"""The checks of stage ``platform``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Check
from kaigo_gateway.model.results import Stage
from kaigo_gateway.probe import EVIDENCE
from kaigo_gateway.probe.endpoint import longest
from kaigo_gateway.probe.office import CERTIFICATE_READY
from pydantic import ValidationError

from kaigo_platform_link.checks._connection import check_connection
from kaigo_platform_link.checks._steps import step_checks
from kaigo_platform_link.checks._terminal import EVIDENCE as TERMINAL_EVIDENCE
from kaigo_platform_link.checks._terminal import check_terminal
from kaigo_platform_link.settings import PlatformSettings

if TYPE_CHECKING:
    from kaigo_gateway.model.site import Site

__all__ = ["checks_for"]


def checks_for(site: Site) -> list[Check]:
    """All checks; a missing address is a finding, not a missing check."""
    return [
        Check(
            id="platform.terminal",
            stage=Stage.PLATFORM,
            title=N_("Terminal readiness"),
            run=check_terminal,
            order=10,
            time_limit=30,
            evidence=TERMINAL_EVIDENCE,
        ),
        Check(
            id="platform.connection",
            stage=Stage.PLATFORM,
            title=N_("Connection to 介護WEBサービス"),
            run=check_connection,
            after=(CERTIFICATE_READY,),
            order=20,
            time_limit=longest(site) + 30,
            evidence=EVIDENCE,
        ),
        *step_checks(_wanted_steps(site)),
    ]


def _wanted_steps(site: Site) -> tuple[str, ...]:
    """The steps of the settings; settings that do not fit are reported by the core."""
    try:
        return PlatformSettings.model_validate(site.plugins.get("platform_link", {})).steps
    except ValidationError:
        return ()
