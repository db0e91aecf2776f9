"""The installation: health, plugins, reasons, ledger, links, diagnostics."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.results import Status
from kaigo_gateway.report.model import Remedy
from kaigo_gateway.web.access._roles import Role


class Health(Model):
    """Whether the service can do its work."""

    status: Literal["ok", "degraded"]
    version: str
    ledger: bool


class PluginState(Model):
    """An installed plugin."""

    name: str
    title: str
    distribution: str
    version: str
    state: Literal["in use", "left out", "broken"]
    detail: str
    hooks: tuple[str, ...]


class PluginList(Model):
    """All installed plugins."""

    items: tuple[PluginState, ...]


class ReasonInfo(Model):
    """A reason code with its text; placeholders stay as they are."""

    code: str
    package: str
    status: Status
    message: str
    remedy: Remedy


class ReasonList(Model):
    """All reason codes of this installation."""

    items: tuple[ReasonInfo, ...]


class LedgerFaultInfo(Model):
    """A contradiction in the ledger."""

    code: str
    place: str
    detail: str


class LedgerCheck(Model):
    """What the verification of the ledger found."""

    intact: bool
    setups: int
    records: int
    seals: int
    claims: int
    entries: int = Field(description="entries of the claims")
    faults: tuple[LedgerFaultInfo, ...]


class LoginLinkWanted(Model):
    """Whom a one-time link is for."""

    role: Role


class LoginLink(Model):
    """A link that signs in once; it is shown only here."""

    url: str
    role: Role
    seconds: int


class BundleFile(Model):
    """One file of a diagnostics bundle."""

    name: str
    size: int
    sha256: str
    text: str


class Bundle(Model):
    """A diagnostics bundle before it is saved: everything that would be in it."""

    files: tuple[BundleFile, ...]
    left_out: tuple[str, ...]
