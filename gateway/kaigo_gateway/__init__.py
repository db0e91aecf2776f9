"""kaigo-gateway: connects a care office to the care information platform, proves it and records the cost.

Import from here; everything below is private unless its module has no leading underscore and is documented.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway._version import __version__
    from kaigo_gateway.errors import CouldNotRun, GatewayError, InputError, NotInstalled
    from kaigo_gateway.hookspecs import API_VERSION, hookimpl
    from kaigo_gateway.model.cases import (
        Attachment,
        Case,
        CaseDay,
        CaseEntry,
        CaseMove,
        EvidenceFile,
        Examination,
        LifeCycle,
        MoveRefused,
    )
    from kaigo_gateway.model.descriptors import (
        CertificateStore,
        Check,
        CheckContext,
        Exporter,
        FileValidator,
        GrantProgramme,
        PluginInfo,
        SandboxContext,
        SandboxService,
        SetupView,
        Waiting,
    )
    from kaigo_gateway.model.expenses import ExpenseKind, ExpenseLine, SupportItem
    from kaigo_gateway.model.reasons import Reason, ReasonBook
    from kaigo_gateway.model.results import Actor, Finding, Phase, Stage, Status
    from kaigo_gateway.model.site import Office, Site, Supporter

_HOMES = {
    "Gateway": "_gateway",
    "__version__": "_version",
    **dict.fromkeys(("CouldNotRun", "GatewayError", "InputError", "NotInstalled"), "errors"),
    **dict.fromkeys(("API_VERSION", "hookimpl"), "hookspecs"),
    **dict.fromkeys(
        (
            "CertificateStore", "Check", "CheckContext", "Exporter", "FileValidator", "GrantProgramme",
            "PluginInfo",
            "SandboxContext", "SandboxService", "SetupView", "Waiting",
        ),
        "model.descriptors",
    ),
    **dict.fromkeys(
        (
            "Attachment", "Case", "CaseDay", "CaseEntry", "CaseMove", "EvidenceFile", "Examination",
            "LifeCycle", "MoveRefused",
        ),
        "model.cases",
    ),
    **dict.fromkeys(("ExpenseKind", "ExpenseLine", "SupportItem"), "model.expenses"),
    **dict.fromkeys(("Reason", "ReasonBook"), "model.reasons"),
    **dict.fromkeys(("Actor", "Finding", "Phase", "Stage", "Status"), "model.results"),
    **dict.fromkeys(("Office", "Site", "Supporter"), "model.site"),
}  # fmt: skip

__all__ = [
    "API_VERSION",
    "Actor",
    "Attachment",
    "Case",
    "CaseDay",
    "CaseEntry",
    "CaseMove",
    "CertificateStore",
    "Check",
    "CheckContext",
    "CouldNotRun",
    "EvidenceFile",
    "Examination",
    "ExpenseKind",
    "ExpenseLine",
    "Exporter",
    "FileValidator",
    "Finding",
    "Gateway",
    "GatewayError",
    "GrantProgramme",
    "InputError",
    "LifeCycle",
    "MoveRefused",
    "NotInstalled",
    "Office",
    "Phase",
    "PluginInfo",
    "Reason",
    "ReasonBook",
    "SandboxContext",
    "SandboxService",
    "SetupView",
    "Site",
    "Stage",
    "Status",
    "SupportItem",
    "Supporter",
    "Waiting",
    "__version__",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    """Import on first use: a command that needs no model starts without pydantic."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
