"""A throwaway authority for simulated trouble: certificates that are expired, misnamed or of a stranger."""

from __future__ import annotations

import ipaddress
import os
import secrets
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_PEM: Final = serialization.Encoding.PEM
_DAY: Final = timedelta(days=1)
CLIENT: Final = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER: Final = ExtendedKeyUsageOID.SERVER_AUTH


def _name(common: str, organisation: str = "TEST throwaway") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


class _Signer:
    """One authority: a root, or an intermediate of ``above``."""

    def __init__(self, name: x509.Name, above: _Signer | None = None) -> None:
        self.key, self.name, self.above = ec.generate_private_key(ec.SECP256R1()), name, above
        draft = _draft(name, (above or self).name, self.key, -_DAY, 365 * _DAY)
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = draft.sign((above or self).key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(_PEM)


def _draft(
    subject: x509.Name, issuer: x509.Name, key: Key, begins: timedelta, ends: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )


class Throwaway:
    """Root, intermediate and a stranger's root; PEM files are written below ``folder`` (mode 0600)."""

    def __init__(self, folder: Path, organisation: str = "TEST throwaway") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._count = count(1)
        mark = secrets.token_hex(4)  # two authorities of one name would be taken for each other
        self._root = _Signer(_name(f"TEST Throwaway Root {mark}", organisation))
        self._intermediate = _Signer(_name(f"TEST Throwaway Issuing {mark}", organisation), self._root)
        self._stranger = _Signer(_name(f"TEST Stranger Root {mark}", "TEST stranger"))
        self.root_pem = self._write("root.pem", self._root.pem)
        self.chain_pem = self._write("chain.pem", self._intermediate.pem + self._root.pem)

    def issue(  # noqa: PLR0913 - everything that can be wrong with a certificate, by name
        self,
        common: str = "localhost",
        *,
        usage: x509.ObjectIdentifier | None = SERVER,
        begins: timedelta = -_DAY,
        ends: timedelta = 90 * _DAY,
        stranger: bool = False,
        self_signed: bool = False,
        chain: bool = True,
        with_root: bool = False,
        use_rsa: bool = False,
        crl_url: str = "",
    ) -> tuple[Path, Path]:
        """A certificate (with its chain) and its key; each flag is one thing done differently."""
        key = _new_key(use_rsa=use_rsa)
        signer = self._stranger if stranger else self._intermediate
        subject = _name(common)
        draft = _draft(subject, subject if self_signed else signer.name, key, begins, ends)
        draft = draft.add_extension(x509.SubjectAlternativeName([_alternative(common)]), critical=False)
        if crl_url:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
            draft = draft.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        if usage is not None:
            draft = draft.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        made = draft.sign(key if self_signed else signer.key, hashes.SHA256())
        parts = [made.public_bytes(_PEM)]
        if chain and not stranger and not self_signed:
            parts.append(self._intermediate.pem)
        if with_root:
            parts.append((self._stranger if stranger else self._root).pem)
        return self._pair(parts, key)

    def crl(self, revoked: Iterable[Path], *, begins: timedelta = -_DAY, ends: timedelta = 30 * _DAY) -> Path:
        """Revocation lists of intermediate and root in one file; the given certificates are revoked."""
        serials = [x509.load_pem_x509_certificate(path.read_bytes()).serial_number for path in revoked]
        lists = [
            _revocations(signer, each, begins, ends)
            for signer, each in ((self._intermediate, serials), (self._root, ()))
        ]
        return self._write(f"{next(self._count)}.crl.pem", b"".join(lists))

    def _pair(self, certificates: list[bytes], key: Key) -> tuple[Path, Path]:
        number = next(self._count)
        secret = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return (
            self._write(f"{number}.pem", b"".join(certificates)),
            self._write(f"{number}.key.pem", secret),
        )

    def _write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            target.write(data)
        return path


def _alternative(common: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(common))
    except ValueError:
        return x509.DNSName(common)


def _new_key(*, use_rsa: bool) -> Key:
    if use_rsa:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def _revocations(signer: _Signer, serials: Iterable[int], begins: timedelta, ends: timedelta) -> bytes:
    now = datetime.now(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.name)
        .last_update(now + begins)
        .next_update(now + ends)
    )
    for serial in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - _DAY)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(_PEM)
