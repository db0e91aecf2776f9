"""Canonical JSON (RFC 8785) and the hash chain over it."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import rfc8785

GENESIS: Final = "0" * 64
"""The hash before the first record of a Setup, and before the first seal of a ledger."""


def canonical(document: Any) -> bytes:
    """The one byte form of a JSON document. Raises ``ValueError`` for what JSON cannot hold."""
    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from None


def digest(document: Any) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()


def record_hash(  # noqa: PLR0913 - exactly the fields that are protected
    *, setup_id: str, seq: int, kind: str, key: str, at: str, body: str, prev_hash: str
) -> str:
    """Hash of one record; ``body`` is its canonical text."""
    return digest([setup_id, seq, kind, key, at, body, prev_hash])


def seal_hash(  # noqa: PLR0913 - exactly the fields that are protected
    *, number: int, setup_id: str, record_count: int, head_hash: str, at: str, prev_hash: str
) -> str:
    """Hash of one seal; this is what the signature covers."""
    return digest([number, setup_id, record_count, head_hash, at, prev_hash])


def entry_hash(  # noqa: PLR0913 - exactly the fields that are protected
    *, number: int, case_id: str, seq: int, at: str, body: str, prev_hash: str
) -> str:
    """Hash of one entry of a claim; ``body`` is its canonical text."""
    return digest([number, case_id, seq, at, body, prev_hash])
