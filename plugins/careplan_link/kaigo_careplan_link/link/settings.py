"""Settings of the plugin: ``[plugins.careplan_link]`` in a site file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from kaigo_gateway.model._base import Model
from pydantic import Field


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
