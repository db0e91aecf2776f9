"""A small certification authority and the tools that write certificate files, for the tests of kaigo_certs."""

# ruff: noqa: E501, FBT003 - commands and extensions read best in one line

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from kaigo_certs import Cost, KindPattern, Vault

OFFICE = "1370000001"
PASSWORD = "kaigo2026Pass"
CHEAP = Cost(2**10, 8, 1)
PATTERNS = (
    KindPattern("介護保険証明書", True, ("TEST介護保険証明書",), confirmed=True),
    KindPattern("代理人証明書", False, ("代理人証明書",), confirmed=True),
)
PEM, DER = ser.Encoding.PEM, ser.Encoding.DER


@lru_cache(maxsize=32)
def key_of(kind="rsa2048", number=0):
    del number  # tells several keys of one kind apart
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1}[kind]())


def name(common, unit=None, organisation="TEST介護保険証明書"):
    parts = [(NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, organisation)]
    parts += [(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)] if unit else []
    return x509.Name([x509.NameAttribute(oid, v) for oid, v in [*parts, (NameOID.COMMON_NAME, common)]])


def key_usage(*names):
    fields = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{field: field in names for field in fields})


def key_pem(key, password=None):
    encryption = ser.BestAvailableEncryption(password) if password else ser.NoEncryption()
    return key.private_bytes(PEM, ser.PrivateFormat.PKCS8, encryption)


class Authority:
    def __init__(self, common, issuer=None, key=None):
        self.key = key or key_of("rsa2048", common)
        self.name = name(common, organisation="TEST Issuer")
        self.issuer = issuer
        self.certificate = build(
            self.name,
            self.key,
            issuer or self,
            days=3650,
            extensions=[
                (x509.BasicConstraints(True, None), True),
                (key_usage("key_cert_sign", "crl_sign"), True),
            ],
        )

    @property
    def pem(self):
        return self.certificate.public_bytes(PEM)


def build(subject, key, authority, *, days=1000, start=-1, end=None, extensions=(), digest=None, serial=None):
    now = datetime.now(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.name)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(now + timedelta(days=start))
        .not_valid_after(end or now + timedelta(days=days))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    signing = authority.key
    plain = isinstance(signing, ed25519.Ed25519PrivateKey)
    return builder.sign(signing, None if plain else digest or hashes.SHA256())


CLIENT = [
    (key_usage("digital_signature", "key_encipherment"), True),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
]


class Rig:
    """One authority (root and intermediate), another one, and a folder for tools."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.root = Authority("TEST Root")
        self.intermediate = Authority("TEST Issuing", self.root)
        self.other = Authority("TEST Other Root")

    @cached_property
    def chain(self):
        return [self.intermediate.certificate, self.root.certificate]

    @property
    def chain_pem(self):
        return self.intermediate.pem + self.root.pem

    def leaf(
        self,
        *,
        key=None,
        common="TEST さくら",
        unit=OFFICE,
        organisation="TEST介護保険証明書",
        authority=None,
        extensions=None,
        **kw,
    ):
        key = key or key_of()
        extensions = CLIENT if extensions is None else extensions
        return key, build(
            name(common, unit, organisation), key, authority or self.intermediate, extensions=extensions, **kw
        )

    def path(self, suffix=""):
        handle, path = tempfile.mkstemp(dir=self.folder, suffix=suffix)
        os.close(handle)
        return Path(path)

    def write(self, data, suffix=""):
        path = self.path(suffix)
        path.write_bytes(data)
        return path

    def p12(self, pair=None, *, chain=None, password=PASSWORD, encryption=None, friendly=b"client"):
        """Written by cryptography."""
        key, leaf = pair or self.leaf()
        secret = password.encode() if isinstance(password, str) else password
        chosen = encryption or ser.BestAvailableEncryption(secret)
        authorities = self.chain if chain is None else chain
        return pkcs12.serialize_key_and_certificates(friendly, key, leaf, authorities or None, chosen)

    def openssl(self, *arguments, pair=None, chain=None, password=PASSWORD, friendly="client"):
        """Written by the OpenSSL command."""
        key, leaf = pair or self.leaf()
        authorities = self.chain if chain is None else chain
        certificates = self.write(b"".join(c.public_bytes(PEM) for c in [leaf, *authorities]))
        secret = self.write(password if isinstance(password, bytes) else password.encode())
        out = self.path(".p12")
        named = ["-name", friendly] if friendly else []
        run(
            "openssl",
            "pkcs12",
            "-export",
            "-inkey",
            self.write(key_pem(key)),
            "-in",
            certificates,
            "-passout",
            f"file:{secret}" if password else "pass:",
            "-out",
            out,
            *named,
            *arguments,
        )
        return out.read_bytes()

    def sha1_signed(self):
        """A leaf signed with SHA-1, which cryptography can no longer write."""
        key, _ = self.leaf()
        subject = f"/C=JP/O=TEST介護保険証明書/OU={OFFICE}/CN=TEST sha1"
        request, out = self.path(), self.path()
        run(
            "openssl",
            "req",
            "-new",
            "-utf8",
            "-key",
            self.write(key_pem(key)),
            "-subj",
            subject,
            "-out",
            request,
        )
        run(
            "openssl",
            "x509",
            "-req",
            "-sha1",
            "-in",
            request,
            "-CA",
            self.write(self.intermediate.pem),
            "-CAkey",
            self.write(key_pem(self.intermediate.key)),
            "-set_serial",
            "77",
            "-days",
            "900",
            "-out",
            out,
        )
        return key, x509.load_pem_x509_certificate(out.read_bytes())

    def nss(self, *arguments, pair=None):
        """Exported by pk12util from an NSS database (BER)."""
        database = Path(tempfile.mkdtemp(dir=self.folder))
        run("certutil", "-N", "--empty-password", "-d", f"sql:{database}")
        source, out = self.write(self.p12(pair), ".p12"), self.path(".p12")
        run("pk12util", "-d", f"sql:{database}", "-i", source, "-W", PASSWORD)
        run("pk12util", "-d", f"sql:{database}", "-o", out, "-n", "client", "-W", PASSWORD, *arguments)
        return out.read_bytes()

    def java(self, *arguments, store="pkcs12"):
        """Re-written by Java's keytool."""
        source, out = self.write(self.p12(), ".p12"), self.path(".ks")
        out.unlink()
        run(
            "keytool",
            "-importkeystore",
            "-noprompt",
            "-srckeystore",
            source,
            "-srcstoretype",
            "pkcs12",
            "-srcstorepass",
            PASSWORD,
            "-destkeystore",
            out,
            "-deststoretype",
            store,
            "-deststorepass",
            PASSWORD,
            *arguments,
        )
        return out.read_bytes()

    def gnutls(self, *arguments, pair=None):
        """Written by GnuTLS's certtool."""
        key, leaf = pair or self.leaf()
        out = self.path(".p12")
        run(
            "certtool",
            "--to-p12",
            "--load-privkey",
            self.write(key_pem(key)),
            "--load-certificate",
            self.write(leaf.public_bytes(PEM) + self.chain_pem),
            "--p12-name",
            "client",
            "--password",
            PASSWORD,
            "--outder",
            "--outfile",
            out,
            *arguments,
        )
        return out.read_bytes()


def run(*command, **kw):
    done = subprocess.run([str(c) for c in command], capture_output=True, check=False, **kw)
    assert done.returncode == 0, (command[0:3], done.stderr.decode(errors="replace")[-500:])
    return done


def have(*tools):
    return all(shutil.which(tool) for tool in tools)


def kept(rig, folder, *, count=1, chain=None, vault=None, **kw):
    """A vault with identities of one office; gives the vault and the identities, in the order kept."""
    from kaigo_certs import read_identity

    vault = vault or Vault.open(folder / "vault", "a good passphrase", cost=CHEAP)
    found = []
    for number in range(count):
        pair = rig.leaf(key=key_of("p256", number), days=500 + number, **kw)
        bundle = read_identity(rig.p12(pair, chain=chain), PASSWORD)
        stored = vault.put(bundle, OFFICE)
        found.append(vault.identity(OFFICE, stored.sha256))
    return vault, found
