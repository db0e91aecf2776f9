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
    from kaigo_certs._hardening import forbid_core_dumps
    from kaigo_certs._model import Bundle, CertFinding, Container, KeyPair, Verdict
    from kaigo_certs.judging._judge import choose_for, judge
    from kaigo_certs.judging._kinds import KindPattern, default_patterns, kind_patterns
    from kaigo_certs.proving._browser import BrowserProof, prove_in_browser
    from kaigo_certs.proving._issuer import fetch_issuers
    from kaigo_certs.proving._program import BROWSERS, find_browser
    from kaigo_certs.proving._revocation import check_revocation, revocation_addresses
    from kaigo_certs.proving._watch import NOTICE_DAYS, calendar, current, notice_of
    from kaigo_certs.reading._process import serve_as_worker
    from kaigo_certs.reading._read import read_identity, read_identity_async
    from kaigo_certs.reading._sniff import SIZE_LIMIT
    from kaigo_certs.stores._backend import Backend, Checkpoint
    from kaigo_certs.stores._firefox import SELECT_AUTOMATICALLY, FirefoxProfile, is_firefox_profile
    from kaigo_certs.stores._installer import Installer, Outcome
    from kaigo_certs.stores._nss import NssStore, default_database, legacy_trap, snap_trap
    from kaigo_certs.stores._open import STORE_NAMES, open_store
    from kaigo_certs.stores._policy import MANAGED_FOLDERS, PolicyFolder, check_origin, entry_for
    from kaigo_certs.stores._policy_change import PolicyInstaller
    from kaigo_certs.stores._policy_windows import RegistryPolicies
    from kaigo_certs.stores._recovery import Recovery, recover_all
    from kaigo_certs.texts import Text, all_texts
    from kaigo_certs.vault._identity import Identity, StoredIdentity
    from kaigo_certs.vault._keyring import keyring_passphrase
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
    "revocation_addresses": "proving._revocation",
    "fetch_issuers": "proving._issuer",
    "SIZE_LIMIT": "reading._sniff",
    "serve_as_worker": "reading._process",
    "PolicyInstaller": "stores._policy_change",
    "RegistryPolicies": "stores._policy_windows",
    "forbid_core_dumps": "_hardening",
    **dict.fromkeys(("Recovery", "recover_all"), "stores._recovery"),
    "keyring_passphrase": "vault._keyring",
    "check_revocation": "proving._revocation",
    **dict.fromkeys(("NOTICE_DAYS", "calendar", "current", "notice_of"), "proving._watch"),
    **dict.fromkeys(("BROWSERS", "find_browser"), "proving._program"),
    **dict.fromkeys(("BrowserProof", "prove_in_browser"), "proving._browser"),
    **dict.fromkeys(("MANAGED_FOLDERS", "PolicyFolder", "check_origin", "entry_for"), "stores._policy"),
    **dict.fromkeys(("SELECT_AUTOMATICALLY", "FirefoxProfile", "is_firefox_profile"), "stores._firefox"),
    **dict.fromkeys(("NssStore", "default_database", "legacy_trap", "snap_trap"), "stores._nss"),
    **dict.fromkeys(("STORE_NAMES", "open_store"), "stores._open"),
    **dict.fromkeys(("Installer", "Outcome"), "stores._installer"),
    **dict.fromkeys(("Backend", "Checkpoint"), "stores._backend"),
}  # fmt: skip

__all__ = [
    "BROWSERS",
    "MANAGED_FOLDERS",
    "NOTICE_DAYS",
    "SELECT_AUTOMATICALLY",
    "SIZE_LIMIT",
    "STORE_NAMES",
    "Backend",
    "BrowserProof",
    "Bundle",
    "CertFinding",
    "CertificateError",
    "Checkpoint",
    "Container",
    "Cost",
    "FirefoxProfile",
    "Identity",
    "Installer",
    "KeyPair",
    "KindPattern",
    "NssStore",
    "Outcome",
    "PolicyFolder",
    "PolicyInstaller",
    "ProofError",
    "Recovery",
    "RegistryPolicies",
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
    "calendar",
    "check_origin",
    "check_revocation",
    "choose_for",
    "current",
    "default_database",
    "default_patterns",
    "entry_for",
    "fetch_issuers",
    "find_browser",
    "forbid_core_dumps",
    "is_firefox_profile",
    "judge",
    "keyring_passphrase",
    "kind_patterns",
    "legacy_trap",
    "notice_of",
    "open_store",
    "prove_in_browser",
    "read_identity",
    "read_identity_async",
    "recover_all",
    "revocation_addresses",
    "serve_as_worker",
    "snap_trap",
]


def __getattr__(name: str) -> Any:
    """Import on first use: listing a vault needs no reader, reading no vault."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
