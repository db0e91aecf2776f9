"""The demo certificate authority: root, intermediate, server and client certificates for the sandbox.

Everything it makes says TEST in its names and lives in one private folder that goes with the sandbox. Office
names are invented. It stands in for an issuer whose real profiles are not published.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_ORGANISATION: Final = "TEST kaigo-gateway sandbox"
_PEM: Final = serialization.Encoding.PEM


def _name(common: str, unit: str | None = None) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, _ORGANISATION)]
    if unit:
        parts.append((NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    parts.append((NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


class _Authority:
    """One certificate authority with its key."""

    def __init__(self, common_name: str, issuer: _Authority | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(common_name)
        self.issuer = issuer
        builder = _builder(self.name, (issuer or self).name, self.key, days=3650)
        depth = 0 if issuer else 1
        self.certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
            .add_extension(_usage(sign_certificates=True), critical=True)
            .sign((issuer or self).key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(_PEM)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey | RSAPrivateKey,
    *,
    days: int,
    begins: timedelta = timedelta(hours=-1),
) -> x509.CertificateBuilder:
    now = datetime.now(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


class DemoAuthority:
    """Issues what the sandbox needs; files are written below ``folder`` (mode 0600 for keys)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._root = _Authority("TEST Demo Root CA")
        self._intermediate = _Authority("TEST Demo Issuing CA", self._root)
        self._clients: list[int] = []

    @cached_property
    def root_pem(self) -> Path:
        """The root certificate, to be trusted by the demo's client."""
        return self._write("root.pem", self._root.pem)

    @cached_property
    def intermediate_pem(self) -> Path:
        """The issuing certificate alone."""
        return self._write("intermediate.pem", self._intermediate.pem)

    @cached_property
    def chain_pem(self) -> Path:
        """Issuing certificate and root: what a server trusts for clients."""
        return self._write("chain.pem", self._intermediate.pem + self._root.pem)

    def client_crl(
        self,
        *,
        revoked: bool = False,
        begins: timedelta = timedelta(hours=-1),
        ends: timedelta = timedelta(days=30),
    ) -> Path:
        """A revocation list, valid from now + ``begins`` to now + ``ends``.

        With ``revoked`` it names every client certificate issued so far.
        """
        now = datetime.now(UTC).replace(microsecond=0)
        draft = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._intermediate.name)
            .last_update(now + begins)
            .next_update(now + ends)
        )
        for serial in self._clients if revoked else []:
            entry = x509.RevokedCertificateBuilder().serial_number(serial)
            draft = draft.add_revoked_certificate(entry.revocation_date(now - timedelta(hours=1)).build())
        signed = draft.sign(self._intermediate.key, hashes.SHA256())
        return self._write("clients.crl.pem", signed.public_bytes(_PEM))

    @property
    def issuer_name(self) -> str:
        """Common name of the issuing certificate."""
        return "TEST Demo Issuing CA"

    def server_files(self, hostname: str = "localhost") -> tuple[Path, Path]:
        """Certificate chain and key of a server named ``hostname`` (and 127.0.0.1)."""
        import ipaddress

        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [
            x509.DNSName(hostname),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        ]
        certificate = (
            _builder(_name(hostname), self._intermediate.name, key, days=90)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._intermediate.key, hashes.SHA256())
        )
        chain = certificate.public_bytes(_PEM) + self._intermediate.pem
        secret = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._write(f"{hostname}.pem", chain), self._write(f"{hostname}.key.pem", secret)

    def client_pkcs12(  # noqa: PLR0913 - everything that can be wrong with a certificate, by name
        self,
        office_number: str,
        office_name: str,
        password: bytes,
        *,
        days: int = 1095,
        begins: timedelta = timedelta(hours=-1),
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
        stranger: bool = False,
        with_chain: bool = True,
        rsa_bits: int | None = None,
    ) -> bytes:
        """A client certificate for a demo office as PKCS#12, the way an issuer would hand it over.

        It is valid from now + ``begins`` to now + ``days``; ``stranger`` lets an authority sign it that
        nobody trusts; with ``rsa_bits`` its key is RSA, which may be too short.
        """
        key = (
            rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
        )
        issuer = _Authority("TEST Stranger CA") if stranger else self._intermediate
        certificate = (
            _builder(_name(office_name, office_number), issuer.name, key, days=days, begins=begins)
            .add_extension(_usage(sign_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .sign(issuer.key, hashes.SHA256())
        )
        self._clients.append(certificate.serial_number)
        above = [issuer.certificate] if stranger else [issuer.certificate, self._root.certificate]
        chain = above if with_chain else None
        return pkcs12.serialize_key_and_certificates(
            f"demo-{office_number}".encode(),
            key,
            certificate,
            chain,
            serialization.BestAvailableEncryption(password),
        )

    def _write(self, name: str, data: bytes) -> Path:
        import os

        path = self.folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            target.write(data)
        return path
