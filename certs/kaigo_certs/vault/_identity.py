"""One kept identity: certificate, chain and, sealed on disk, its private key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaigo_certs._model import Bundle, CertFinding, Container, Verdict
from kaigo_certs._names import shown
from kaigo_certs._tls import load_into
from kaigo_certs.judging._dates import days_left, last_day, today_in_japan

if TYPE_CHECKING:
    import ssl
    from datetime import date, datetime

    from cryptography import x509

    from kaigo_certs._model import KeyPair


@dataclass(frozen=True, slots=True)
class StoredIdentity:
    """What the vault tells about an identity without opening its key."""

    office_number: str
    leaf: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    sha256: str
    kept_at: str
    new: bool = False
    """True when this call of ``put`` stored it, False when it was there already."""

    @property
    def not_before(self) -> datetime:
        """Start of validity, aware, UTC."""
        return self.leaf.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """End of validity, aware, UTC."""
        return self.leaf.not_valid_after_utc

    @property
    def last_day(self) -> date:
        """The last day of validity in Japan."""
        return last_day(self.leaf)

    @property
    def rank(self) -> tuple[datetime, datetime, str, str]:
        """Which of an office's certificates counts: it ends last; of several, it was issued, then kept, last.

        A re-issue after a revocation may end on the same day as the certificate that it replaces.
        """
        return (self.not_after, self.not_before, self.kept_at, self.sha256)

    @property
    def issuer(self) -> str:
        """The issuer's name in one readable line."""
        return shown(self.leaf.issuer)

    @property
    def subject(self) -> str:
        """The subject's name in one readable line."""
        return shown(self.leaf.subject)

    def days_left(self, today: date | None = None) -> int:
        """Days to the last day of validity in Japan; negative after it."""
        return days_left(self.leaf, today or today_in_japan())


@dataclass(frozen=True, slots=True)
class Identity(StoredIdentity):
    """A kept identity whose key is open. The key stays inside: use :meth:`load_into`."""

    pair: KeyPair | None = None

    def key_pair(self) -> KeyPair:
        """Certificate and key, for the installers of this package."""
        assert self.pair is not None
        return self.pair

    def bundle(self) -> Bundle:
        """The identity as a bundle, to be judged again or installed elsewhere."""
        seen = {"kind": "vault", "encryption": "aes256_gcm", "mac": "gcm"}
        notes = (CertFinding("CERT_FILE_READ", Verdict.OK, seen),)
        return Bundle((self.key_pair(),), self.chain, container=Container("vault"), notes=notes)

    def load_into(self, context: ssl.SSLContext) -> None:
        """Load key, certificate and chain into ``context`` without a readable file.

        Raises :class:`kaigo_certs.CertificateError` (``CERT_CONTEXT_REFUSED``) when OpenSSL refuses them.
        """
        load_into(context, self.key_pair(), self.chain)
