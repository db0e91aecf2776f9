"""What reading gives back: the identities of a file and what was noticed on the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes


class Verdict(StrEnum):
    """The status of a finding; the words are those of the core's reports."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class CertFinding:
    """One thing found: a code of :mod:`kaigo_certs.texts`, its status, and the values its text names."""

    code: str
    status: Verdict
    seen: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Container:
    """How the file was protected. ``mac`` is ``none`` or a digest; iterations are counts."""

    kind: str
    encryption: tuple[str, ...] = ()
    mac: str = "none"
    iterations: int = 0
    ber: bool = False


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A leaf certificate and its private key. The key never appears in ``repr``."""

    leaf: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes = field(repr=False)

    @property
    def sha256(self) -> str:
        """SHA-256 of the DER certificate, 64 lower-case hex digits."""
        return fingerprint(self.leaf)

    @property
    def not_before(self) -> datetime:
        """Start of validity, aware, UTC."""
        return self.leaf.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """End of validity, aware, UTC."""
        return self.leaf.not_valid_after_utc


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything usable in one certificate file.

    ``pairs`` are the identities (key and leaf that belong together); ``chosen`` is the index of the one that
    is judged and installed; ``authorities`` are the other certificates of the file, ``strays`` leaves
    without a key. ``password_variant`` says which reading of the password fitted (``as_given``,
    ``half_width`` ...). ``notes`` are findings of the reading itself.
    """

    pairs: tuple[KeyPair, ...]
    authorities: tuple[x509.Certificate, ...] = ()
    strays: tuple[x509.Certificate, ...] = ()
    container: Container = Container("pkcs12")
    friendly_name: str | None = None
    password_variant: str = "as_given"  # noqa: S105 - the name of a variant
    notes: tuple[CertFinding, ...] = ()
    chosen: int = 0

    @property
    def pair(self) -> KeyPair:
        """The chosen identity."""
        return self.pairs[self.chosen]

    @property
    def leaf(self) -> x509.Certificate:
        """The chosen identity's certificate."""
        return self.pair.leaf

    @property
    def key(self) -> CertificateIssuerPrivateKeyTypes:
        """The chosen identity's private key."""
        return self.pair.key

    @property
    def sha256(self) -> str:
        """SHA-256 of the chosen certificate (DER), hex."""
        return self.pair.sha256

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The issuers of the chosen leaf that the file contains, nearest first."""
        return issuers_of(self.leaf, self.authorities)

    @property
    def issuer(self) -> str:
        """The issuer's name in one readable line."""
        from kaigo_certs._names import shown

        return shown(self.leaf.issuer)

    @property
    def office_numbers(self) -> list[str]:
        """Every 事業所番号 that stands in the chosen certificate's names."""
        from kaigo_certs._names import office_numbers

        return office_numbers(self.leaf)

    def days_left(self, today: date | None = None) -> int:
        """Days to the last day of validity in Japan; negative after it."""
        from kaigo_certs.judging._dates import days_left, today_in_japan

        return days_left(self.leaf, today or today_in_japan())

    def completed(self, issuer_pem: bytes | None) -> Bundle:
        """The same with the certificates of an issuer file (PEM) added, so that the chain is whole.

        Raises :class:`kaigo_certs.UnreadableFile` for an unreadable issuer file.
        """
        from kaigo_certs.judging._chain import load_issuers

        return self.extended(load_issuers(issuer_pem))

    def extended(self, certificates: tuple[x509.Certificate, ...]) -> Bundle:
        """The same with further certificates of authorities."""
        added = tuple(c for c in certificates if c not in self.authorities)
        return replace(self, authorities=(*self.authorities, *added))

    def choose(self, index: int) -> Bundle:
        """The same file with another identity chosen; ``IndexError`` when there is none."""
        from kaigo_certs._names import shown

        seen = {"chosen": index + 1, "subject": shown(self.pairs[index].leaf.subject)}
        notes = tuple(
            replace(note, seen={**note.seen, **seen}) if note.code == "CERT_SEVERAL_IDENTITIES" else note
            for note in self.notes
        )
        return replace(self, chosen=index, notes=notes)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER form, 64 lower-case hex digits."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def issuers_of(
    leaf: x509.Certificate, candidates: tuple[x509.Certificate, ...]
) -> tuple[x509.Certificate, ...]:
    """The chain above ``leaf`` found among ``candidates``, nearest first, the root included if present."""
    chain: list[x509.Certificate] = []
    current = leaf
    while current.issuer != current.subject:
        parent = next((c for c in candidates if c not in chain and _issued(c, current)), None)
        if parent is None:
            break
        chain.append(parent)
        current = parent
    return tuple(chain)


def _issued(parent: x509.Certificate, child: x509.Certificate) -> bool:
    """Whether name and signature say so; a signature this library cannot check counts by name alone."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if parent.subject != child.issuer:
        return False
    try:
        child.verify_directly_issued_by(parent)
    except UnsupportedAlgorithm:
        return True
    except (InvalidSignature, ValueError, TypeError) as error:
        return "Unsupported signature algorithm" in str(error)  # SHA-1 and older: judged elsewhere
    return True
