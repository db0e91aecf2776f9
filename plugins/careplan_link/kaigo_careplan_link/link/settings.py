"""Settings of the plugin: ``[plugins.careplan_link]`` in a site file."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from kaigo_gateway.errors import GatewayError
from kaigo_gateway.model._base import Model
from pydantic import Field, field_validator, model_validator


class Rehearsal(StrEnum):
    """How one sending is rehearsed.

    ``confirmed``: a person sends and receives it and confirms that. ``folder``: this program writes it into
    ``outbox``, a person carries it through the client or the browser, and what comes back is read from
    ``inbox``. ``exchange``: the rehearsal protocol *of this project*, spoken by the sandbox and by vendors'
    own test counterparts; no real service speaks it.
    """

    CONFIRMED = "confirmed"
    FOLDER = "folder"
    EXCHANGE = "exchange"


class CareplanSettings(Model):
    """How the link is proved at this site."""

    rehearsal: Rehearsal = Rehearsal.CONFIRMED
    outbox: Path | None = Field(default=None, description="folder into which the sending is written")
    inbox: Path | None = Field(default=None, description="folder from which the returned files are read")
    sample: bool = Field(
        default=False,
        description="rehearse with invented people where no files are named (test counterparts only)",
    )
    move_on: date | None = Field(
        default=None, description="day of the move into 介護WEBサービス, once it is announced"
    )
    bundle_order: Literal["any", "platform_first"] = Field(
        default="any", description="order of the two connections (no official text names one)"
    )
    bundle_window_days: int | None = Field(
        default=None,
        ge=0,
        description="calendar days in Japan between the two connections, 0: the same (no official number)",
    )

    profile: Literal["lenient", "standard", "strict"] = Field(
        default="standard", description="how the files named in [careplan] are judged"
    )
    rules: dict[str, Literal["error", "warning", "notice", "off"]] = Field(
        default_factory=dict, description="single rules judged otherwise (code to severity)"
    )

    @field_validator("rules")
    @classmethod
    def _known(cls, rules: dict[str, str]) -> dict[str, str]:
        """Refuse a rule that does not exist; the rules are read only where some are set."""
        if rules:
            from kaigo_careplan_link.files import options_for

            try:
                options_for(rules=rules)
            except GatewayError as error:
                raise ValueError(str(error)) from None
        return rules

    @model_validator(mode="after")
    def _folders(self) -> Self:
        if self.rehearsal is Rehearsal.FOLDER and not (self.outbox and self.inbox):
            raise ValueError('rehearsal = "folder" needs outbox and inbox')
        return self
