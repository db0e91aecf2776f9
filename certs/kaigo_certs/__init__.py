"""Client certificates: read what issuers ship, judge it, keep it, install it, prove it.

A library of its own: it imports nothing of the gateway. Import from here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaigo_certs._errors import (
        CertificateError,
        ProofError,
        StoreError,
        UnreadableFile,
        VaultError,
        WrongPassphrase,
        WrongPassword,
    )
    from kaigo_certs._model import Bundle, CertFinding, Container, KeyPair, Verdict
    from kaigo_certs.judging._judge import choose_for, judge
    from kaigo_certs.judging._kinds import KindPattern, default_patterns, kind_patterns
    from kaigo_certs.reading._read import read_identity, read_identity_async
    from kaigo_certs.texts import Text, all_texts
    from kaigo_certs.vault._identity import Identity, StoredIdentity
    from kaigo_certs.vault._seal import Cost
    from kaigo_certs.vault._vault import Vault

_HOMES = {
    **dict.fromkeys(
        (
            "CertificateError", "ProofError", "StoreError", "UnreadableFile", "VaultError", "WrongPassphrase",
            "WrongPassword",
        ),
        "_errors",
    ),
    **dict.fromkeys(("Bundle", "CertFinding", "Container", "KeyPair", "Verdict"), "_model"),
    **dict.fromkeys(("choose_for", "judge"), "judging._judge"),
    **dict.fromkeys(("KindPattern", "default_patterns", "kind_patterns"), "judging._kinds"),
    **dict.fromkeys(("read_identity", "read_identity_async"), "reading._read"),
    **dict.fromkeys(("Text", "all_texts"), "texts"),
    **dict.fromkeys(("Identity", "StoredIdentity"), "vault._identity"),
    "Cost": "vault._seal",
    "Vault": "vault._vault",
}  # fmt: skip

__all__ = [
    "Bundle",
    "CertFinding",
    "CertificateError",
    "Container",
    "Cost",
    "Identity",
    "KeyPair",
    "KindPattern",
    "ProofError",
    "StoreError",
    "StoredIdentity",
    "Text",
    "UnreadableFile",
    "Vault",
    "VaultError",
    "Verdict",
    "WrongPassphrase",
    "WrongPassword",
    "all_texts",
    "choose_for",
    "default_patterns",
    "judge",
    "kind_patterns",
    "read_identity",
    "read_identity_async",
]


def __getattr__(name: str) -> Any:
    """Import on first use: listing a vault needs no reader, reading no vault."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
