"""The corpus: every kind of file that reaches a support engineer, each with its verdict, in one table."""

# ruff: noqa: E501, FBT003, RUF012 - a table reads best in one line per entry

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asn1crypto import algos, core
from asn1crypto import pkcs12 as asn1
from asn1crypto import x509 as asn1_x509
from certs_rig import CLIENT, DER, OFFICE, PASSWORD, PEM, Rig, key_of, key_pem, key_usage, name, run
from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID
from kaigo_certs.reading._pbe import without_mac
from kaigo_certs.reading._preparse import load_pfx

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Case:
    """``troubles`` are the codes of all findings that are not ok, or ``error`` is the code of the refusal."""

    name: str
    make: Callable[[Rig], bytes]
    troubles: set[str] = field(default_factory=set)
    error: str | None = None
    password: str | bytes | None = PASSWORD
    needs: tuple[str, ...] = ("openssl",)
    key: Callable[[Rig], bytes] | None = None


WEAK = "CERT_FILE_WEAK_ENCRYPTION"
REFUSED = "CERT_DRY_RUN_REFUSED"
JAPANESE = "介護の合言葉２０２６"


def ssl(*arguments, **kw):
    return lambda rig: rig.openssl(*arguments, **kw)


def leaf(**kw):
    return lambda rig: rig.p12(rig.leaf(**{k: v(rig) if callable(v) else v for k, v in kw.items()}))


def two_identities(rig):
    first, second = (
        rig.leaf(common="TEST one"),
        rig.leaf(key=key_of("rsa2048", 7), common="TEST two", days=400),
    )
    return merge(rig.openssl(pair=first), rig.openssl(pair=second, chain=[]))


def merge(one, two):
    """One file with the safes of both (what an export of several identities looks like), without a MAC."""
    safes = []
    for data in (one, two):
        safes += list(asn1.AuthenticatedSafe.load(load_pfx(data)["auth_safe"]["content"].native))
    safe = asn1.AuthenticatedSafe([each.copy() for each in safes])
    outer = {"content_type": "data", "content": core.OctetString(safe.dump())}
    return asn1.Pfx({"version": "v3", "auth_safe": outer}).dump()


def mismatched(rig):
    with_key = rig.openssl(chain=[])
    other = rig.openssl(pair=rig.leaf(key=key_of("rsa2048", 8)), chain=[])
    keys = [s for s in parts(with_key) if s["content_type"].native == "data"]
    certificates = [s for s in parts(other) if s["content_type"].native != "data"]
    return rebuilt([*certificates, *keys])


def parts(data):
    return list(asn1.AuthenticatedSafe.load(load_pfx(data)["auth_safe"]["content"].native))


def rebuilt(safes):
    safe = asn1.AuthenticatedSafe([each.copy() for each in safes])
    outer = {"content_type": "data", "content": core.OctetString(safe.dump())}
    return asn1.Pfx({"version": "v3", "auth_safe": outer}).dump()


def key_only(rig):
    return rebuilt([s for s in parts(rig.openssl()) if s["content_type"].native == "data"])


def certificates_only(rig):
    out = rig.path(".p12")
    run(
        "openssl",
        "pkcs12",
        "-export",
        "-nokeys",
        "-in",
        rig.write(rig.chain_pem),
        "-passout",
        f"pass:{PASSWORD}",
        "-out",
        out,
    )
    return out.read_bytes()


def with_iterations(count):
    """An ordinary file whose MAC claims another number of rounds (the value needs no valid MAC to be read)."""

    def make(rig):
        pfx = load_pfx(rig.openssl())
        pfx["mac_data"]["iterations"] = count
        return pfx.dump(force=True)

    return make


def pbmac1(rig, wrong=b""):
    """RFC 9579: no OpenSSL 3.4 is needed to write one."""
    pfx = load_pfx(without_mac(load_pfx(rig.openssl())))
    content = pfx["auth_safe"]["content"].native
    key = PBKDF2HMAC(hashes.SHA256(), 32, b"saltsalt", 2048).derive(PASSWORD.encode())
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(content + wrong)
    kdf = algos.KdfAlgorithm(
        {
            "algorithm": "pbkdf2",
            "parameters": algos.Pbkdf2Params(
                {
                    "salt": algos.Pbkdf2Salt("specified", b"saltsalt"),
                    "iteration_count": 2048,
                    "key_length": 32,
                    "prf": {"algorithm": "sha256"},
                }
            ),
        }
    )

    class Parameters(core.Sequence):
        _fields = [("kdf", algos.KdfAlgorithm), ("mac", algos.HmacAlgorithm)]

    class Algorithm(core.Sequence):
        _fields = [("oid", core.ObjectIdentifier), ("parameters", Parameters)]

    class Digest(core.Sequence):
        _fields = [("algorithm", Algorithm), ("digest", core.OctetString)]

    class Mac(core.Sequence):
        _fields = [("mac", Digest), ("salt", core.OctetString), ("iterations", core.Integer)]

    class Pfx(core.Sequence):
        _fields = [("version", core.Integer), ("auth_safe", core.Any), ("mac", Mac)]

    algorithm = Algorithm(
        {
            "oid": "1.2.840.113549.1.5.14",
            "parameters": {"kdf": kdf, "mac": algos.HmacAlgorithm({"algorithm": "sha256"})},
        }
    )
    mac_data = Mac({"mac": {"algorithm": algorithm, "digest": mac.finalize()}, "salt": b"x", "iterations": 1})
    return Pfx({"version": 3, "auth_safe": core.Any(pfx["auth_safe"]), "mac": mac_data}).dump()


def pbmac1_unknown(rig):
    """The digest's identifier changed to one that nobody knows: hmacWithSHA256 is 1.2.840.113549.2.9."""
    known = bytes.fromhex("06082a864886f70d0209")
    head, _, tail = pbmac1(rig).rpartition(known)
    return head + known[:-1] + b"\x7d" + tail


def zipped(rig):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("client.p12", rig.p12())
    return buffer.getvalue()


def p7b(rig):
    return pkcs7.serialize_certificates(rig.chain, DER)


def request(rig):
    builder = x509.CertificateSigningRequestBuilder().subject_name(name("TEST"))
    return builder.sign(key_of(), hashes.SHA256()).public_bytes(PEM)


def unknown_cipher(rig):
    aes = bytes.fromhex("060960864801650304012a")
    return rig.openssl("-nomac").replace(aes, aes[:-1] + b"\x7f")


def flipped(rig):
    data = bytearray(rig.openssl())
    data[len(data) // 2] ^= 0x41
    return bytes(data)


def pem_pair(rig):
    key, certificate = rig.leaf()
    return certificate.public_bytes(PEM) + rig.chain_pem + key_pem(key)


def pem_leaf(rig):
    return rig.leaf()[1].public_bytes(PEM) + rig.chain_pem


def pem_encrypted(rig):
    return pem_leaf(rig) + key_pem(key_of(), PASSWORD.encode())


HTML = "<!DOCTYPE html><html><body>ログインしてください</body></html>"
EKU_SERVER = [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)]
KU_ENCIPHER = [(key_usage("key_encipherment"), True)]
CA = [(x509.BasicConstraints(True, None), True), (key_usage("digital_signature", "key_cert_sign"), True)]


def serial_not_positive(rig):
    """No tool writes this any more, so the bytes are changed and the certificate signed anew."""
    key, leaf = rig.leaf(key=key_of("p256"), serial=0x55667788)
    body = leaf.tbs_certificate_bytes.replace(bytes.fromhex("020455667788"), bytes.fromhex("0204F5667788"))
    signature = rig.intermediate.key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    signed = asn1_x509.Certificate.load(leaf.public_bytes(DER))
    fields = {
        "tbs_certificate": asn1_x509.TbsCertificate.load(body),
        "signature_algorithm": signed["signature_algorithm"],
        "signature_value": signature,
    }
    certificate = asn1_x509.Certificate(fields).dump()
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(certificate) + b"-----END CERTIFICATE-----\n"
    return pem + rig.chain_pem + key_pem(key)


def self_signed(rig):
    class Own:
        key, name = key_of("rsa2048", 9), name("TEST self", OFFICE)

    from certs_rig import build

    return rig.p12((Own.key, build(Own.name, Own.key, Own, extensions=CLIENT)), chain=[])


CASES = [
    # the encryptions of real tools
    Case("openssl-default", ssl()),
    Case("openssl-legacy-rc2-40", ssl("-legacy"), {WEAK}),
    Case("openssl-rc2-128", ssl("-legacy", "-certpbe", "PBE-SHA1-RC2-128"), {WEAK}),
    Case("openssl-3des", ssl("-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES"), {WEAK}),
    Case("openssl-2des", ssl("-certpbe", "PBE-SHA1-2DES", "-keypbe", "PBE-SHA1-2DES"), {WEAK}),
    Case("openssl-rc4-128", ssl("-legacy", "-certpbe", "PBE-SHA1-RC4-128", "-keypbe", "PBE-SHA1-RC4-128"), {WEAK}),
    Case("openssl-des-md5", ssl("-legacy", "-certpbe", "PBE-MD5-DES", "-keypbe", "PBE-MD5-DES"), {WEAK}),
    Case("openssl-aes-128", ssl("-certpbe", "aes-128-cbc", "-keypbe", "aes-128-cbc")),
    Case("openssl-aes-192", ssl("-certpbe", "aes-192-cbc", "-keypbe", "aes-192-cbc")),
    Case("openssl-pbes2-3des", ssl("-certpbe", "des-ede3-cbc", "-keypbe", "des-ede3-cbc"), {WEAK}),
    Case("openssl-camellia", ssl("-certpbe", "camellia-256-cbc", "-keypbe", "camellia-256-cbc")),
    Case("openssl-aria", ssl("-certpbe", "aria-256-cbc", "-keypbe", "aria-256-cbc")),
    Case("openssl-seed", ssl("-legacy", "-certpbe", "seed-cbc", "-keypbe", "seed-cbc")),
    Case("cipher-unknown", unknown_cipher, error="CERT_FILE_CIPHER"),
    Case("openssl-key-old-certificate-new", ssl("-keypbe", "PBE-SHA1-3DES"), {WEAK}),
    # checksums
    Case("mac-sha1", ssl("-macalg", "sha1")),
    Case("mac-sha384", ssl("-macalg", "sha384")),
    Case("mac-sha512", ssl("-macalg", "sha512")),
    Case("mac-none", ssl("-nomac"), {"CERT_FILE_NO_MAC"}),
    Case("mac-one-round", ssl("-nomaciter")),
    Case("mac-pbmac1", pbmac1),
    Case("mac-pbmac1-wrong", lambda rig: pbmac1(rig, b"x"), error="CERT_PASSWORD_WRONG"),
    Case("mac-pbmac1-unknown-digest", pbmac1_unknown, error="CERT_FILE_CIPHER"),
    Case("nothing-encrypted", ssl("-certpbe", "NONE", "-keypbe", "NONE"), {"CERT_FILE_UNENCRYPTED_KEY"}),
    Case("nothing-protected", ssl("-certpbe", "NONE", "-keypbe", "NONE", "-nomac"),
         {"CERT_FILE_UNENCRYPTED_KEY", "CERT_FILE_NO_MAC", "CERT_PASSWORD_UNUSED"}),
    Case("certificates-open-key-sealed", ssl("-certpbe", "NONE")),
    # iterations
    Case("iterations-100-000", ssl("-iter", "100000")),
    Case("iterations-1-000-000", ssl("-iter", "1000000")),
    Case("iterations-5-000-000", lambda rig: rig.openssl("-iter", "5000000", pair=rig.leaf(key=key_of("p256")))),
    Case("iterations-over-the-limit", with_iterations(5_000_001), error="CERT_FILE_ITERATIONS"),
    Case("iterations-absurd", with_iterations(2**70), error="CERT_FILE_ITERATIONS"),
    Case("iterations-negative", with_iterations(-1), error="CERT_FILE_ITERATIONS"),
    # other writers
    Case("cryptography", lambda rig: rig.p12()),
    Case("cryptography-3des", lambda rig: rig.p12(encryption=ser.PrivateFormat.PKCS12.encryption_builder()
         .key_cert_algorithm(ser.pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).hmac_hash(hashes.SHA1())
         .build(PASSWORD.encode())), {WEAK}),
    Case("nss", lambda rig: rig.nss(), {"CERT_FILE_BER"}, needs=("certutil", "pk12util")),
    Case("nss-3des", lambda rig: rig.nss("-c", "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC"),
         {"CERT_FILE_BER", WEAK}, needs=("certutil", "pk12util")),
    Case("java", lambda rig: rig.java(), needs=("keytool",)),
    Case("java-legacy", lambda rig: rig.java("-J-Dkeystore.pkcs12.legacy"), {WEAK}, needs=("keytool",)),
    Case("java-jks", lambda rig: rig.java(store="jks"), error="CERT_FILE_JKS", needs=("keytool",)),
    Case("java-jceks", lambda rig: rig.java(store="jceks"), error="CERT_FILE_JKS", needs=("keytool",)),
    Case("gnutls", lambda rig: rig.gnutls(), needs=("certtool",)),
    Case("gnutls-3des", lambda rig: rig.gnutls("--pkcs-cipher", "3des-pkcs12"), {WEAK}, needs=("certtool",)),
    # passwords
    Case("password-wrong", ssl(), error="CERT_PASSWORD_WRONG", password="falsch"),
    Case("password-missing", ssl(), error="CERT_PASSWORD_MISSING", password=None),
    Case("password-empty", ssl(password=""), password=""),
    Case("password-empty-not-given", ssl(password=""), password=None),
    Case("password-empty-other-given", ssl(password=""), {"CERT_PASSWORD_EMPTY"}),
    Case("password-empty-legacy", ssl("-legacy", password=""), {WEAK}, password=""),
    Case("password-japanese", ssl(password=JAPANESE), password=JAPANESE),
    Case("password-japanese-legacy", ssl("-legacy", password=JAPANESE), {WEAK}, password=JAPANESE),
    Case("password-trailing-newline", ssl(), {"CERT_PASSWORD_TRIMMED"}, password=PASSWORD + "\r\n"),
    Case("password-ideographic-space", ssl(), {"CERT_PASSWORD_TRIMMED"}, password="\u3000" + PASSWORD),
    Case("password-typed-full-width", ssl(), {"CERT_PASSWORD_HALF_WIDTH"}, password="ｋａｉｇｏ２０２６Ｐａｓｓ"),
    Case("password-set-full-width", ssl(password="ｋａｉｇｏ２０２６"), {"CERT_PASSWORD_FULL_WIDTH"},
         password="kaigo2026"),
    Case("password-set-composed", ssl(password="が行２０２６"), {"CERT_PASSWORD_NFC"},
         password="か\u3099行２０２６"),
    Case("password-set-decomposed", ssl(password="か\u3099行2026"), {"CERT_PASSWORD_NFD"}, password="が行2026"),
    Case("password-cp932-console", ssl("-legacy", password="合言葉2026".encode("cp932")),
         {WEAK, "CERT_PASSWORD_CP932"}, password="合言葉2026"),
    Case("password-cp932-console-aes", ssl(password="合言葉2026".encode("cp932")),
         {"CERT_PASSWORD_CP932_RAW", "CERT_FILE_MAC_UNVERIFIED"}, password="合言葉2026"),
    Case("password-file-in-cp932", ssl(password="合言葉2026"), password="合言葉2026".encode("cp932")),
    Case("password-file-with-bom", ssl(), password=b"\xef\xbb\xbf" + PASSWORD.encode()),
    Case("password-file-in-utf16", ssl(), password=(PASSWORD + "\r\n").encode("utf-16")),
    Case("password-file-in-utf16-no-mark", ssl(), error="CERT_PASSWORD_NUL", password=PASSWORD.encode("utf-16-le")),
    Case("password-nul", ssl(), error="CERT_PASSWORD_NUL", password="abc\0def"),
    Case("password-no-encoding", ssl(), error="CERT_PASSWORD_ENCODING", password=b"abc\x81"),
    # names
    Case("friendly-name-japanese", ssl(friendly="介護保険証明書（さくら）")),
    Case("friendly-name-none", ssl(friendly=None)),
    # chain
    Case("chain-root-missing", lambda rig: rig.p12(chain=[rig.intermediate.certificate])),
    Case("chain-missing", lambda rig: rig.p12(chain=[])),
    Case("chain-reversed", lambda rig: rig.p12(chain=rig.chain[::-1])),
    Case("chain-of-another", lambda rig: rig.p12(chain=[rig.other.certificate])),
    Case("issuer-another", lambda rig: rig.p12(rig.leaf(authority=rig.other), chain=[rig.other.certificate]),
         {"CERT_ISSUER_UNKNOWN", REFUSED}),
    Case("self-signed", self_signed, {"CERT_SELF_SIGNED", REFUSED}),
    # keys and signatures
    Case("key-p256", leaf(key=lambda _: key_of("p256"))),
    Case("key-p384", leaf(key=lambda _: key_of("p384"))),
    Case("key-ed25519", leaf(key=lambda _: key_of("ed25519"))),
    Case("key-rsa-3072", leaf(key=lambda _: key_of("rsa3072"))),
    Case("key-rsa-1024", leaf(key=lambda _: key_of("rsa1024")), {"CERT_KEY_WEAK", REFUSED}),
    Case("signature-sha1", lambda rig: rig.p12(rig.sha1_signed()), {"CERT_SIGNATURE_WEAK", REFUSED}),
    Case("serial-not-positive", serial_not_positive, {"CERT_SERIAL_INVALID"}),
    # dates
    Case("expired", leaf(start=-400, days=-2), {"CERT_EXPIRED", REFUSED}),
    Case("not-yet-valid", leaf(start=5), {"CERT_NOT_YET_VALID", REFUSED}),
    Case("expires-soon", leaf(days=30), {"CERT_EXPIRES_SOON"}),
    # purposes
    Case("purpose-server-only", leaf(extensions=EKU_SERVER), {"CERT_USAGE_NOT_CLIENT", REFUSED}),
    Case("purpose-encipher-only", leaf(extensions=KU_ENCIPHER), {"CERT_USAGE_NO_SIGNATURE", REFUSED}),
    Case("purpose-not-limited", leaf(extensions=[])),
    Case("purpose-authority", leaf(extensions=CA), {"CERT_IS_AUTHORITY"}),
    # office and kind
    Case("office-another", leaf(unit="1370000002"), {"CERT_OFFICE_MISMATCH"}),
    Case("office-not-named", leaf(unit="総務部"), {"CERT_OFFICE_NOT_NAMED"}),
    Case("office-full-width", leaf(unit="１３７００００００１")),
    Case("kind-unfit", leaf(organisation="代理人証明書"), {"CERT_KIND_UNFIT"}),
    Case("kind-unknown", leaf(organisation="Something"), {"CERT_KIND_UNKNOWN"}),
    # contents
    Case("two-identities", two_identities, {"CERT_SEVERAL_IDENTITIES", "CERT_FILE_NO_MAC"}),
    Case("stray-leaf", lambda rig: rig.p12(chain=[*rig.chain, rig.leaf(key=key_of("p384"), common="TEST stray")[1]]),
         {"CERT_STRAY_LEAVES"}),
    Case("key-only", key_only, error="CERT_NO_CERTIFICATE"),
    Case("certificates-only", certificates_only, error="CERT_NO_KEY"),
    Case("key-of-another", mismatched, error="CERT_KEY_MISMATCH"),
    # other files under the same name
    Case("file-empty", lambda _: b"", error="CERT_FILE_EMPTY"),
    Case("file-zeros", lambda _: bytes(5000), error="CERT_FILE_EMPTY"),
    Case("file-html", lambda _: HTML.encode(), error="CERT_FILE_HTML"),
    Case("file-html-utf16", lambda _: HTML.encode("utf-16"), error="CERT_FILE_HTML"),
    Case("file-html-cp932", lambda _: ("\r\n" + HTML).encode("cp932"), error="CERT_FILE_HTML"),
    Case("file-zip", zipped, error="CERT_FILE_ZIP"),
    Case("file-too-large", lambda _: b"\x30" * 2_000_000, error="CERT_FILE_TOO_LARGE"),
    Case("file-random", lambda _: bytes(range(1, 256)) * 3, error="CERT_FILE_NOT_PKCS12"),
    Case("file-pem-certificate", pem_leaf, error="CERT_FILE_PEM_CERTIFICATE"),
    Case("file-pem-key", lambda _: key_pem(key_of()), error="CERT_FILE_PEM_KEY"),
    Case("file-pem-request", request, error="CERT_FILE_PEM_REQUEST"),
    Case("file-pem-damaged", lambda rig: pem_pair(rig).replace(b"MII", b"M!!"), error="CERT_FILE_PEM_DAMAGED"),
    Case("file-pem-pair", pem_pair),
    Case("file-pem-two-files", pem_leaf, key=lambda _: key_pem(key_of())),
    Case("file-pem-encrypted", pem_encrypted),
    Case("file-pem-encrypted-wrong", pem_encrypted, error="CERT_PASSWORD_WRONG", password="wrong"),
    Case("file-pem-encrypted-none", pem_encrypted, error="CERT_PASSWORD_MISSING", password=None),
    Case("file-pem-other-key", pem_leaf, error="CERT_KEY_MISMATCH", key=lambda _: key_pem(key_of("p384"))),
    Case("file-der-certificate", lambda rig: rig.leaf()[1].public_bytes(DER), error="CERT_FILE_DER_CERTIFICATE"),
    Case("file-der-key", lambda _: key_of().private_bytes(DER, ser.PrivateFormat.PKCS8, ser.NoEncryption()),
         error="CERT_FILE_DER_KEY"),
    Case("file-p7b", p7b, error="CERT_FILE_P7B"),
    Case("file-p7b-pem", lambda rig: pkcs7.serialize_certificates(rig.chain, PEM), error="CERT_FILE_P7B"),
    Case("file-base64", lambda rig: base64.encodebytes(rig.openssl()), {"CERT_FILE_BASE64"}),
    Case("file-truncated", lambda rig: rig.openssl()[:-300], error="CERT_FILE_TRUNCATED"),
    Case("file-truncated-head", lambda rig: rig.openssl()[:3], error="CERT_FILE_TRUNCATED"),
    Case("file-trailing-newline", lambda rig: rig.openssl() + b"\r\n", {"CERT_FILE_TRAILING"}),
    Case("file-one-byte-changed", flipped, error="CERT_PASSWORD_WRONG"),
]  # fmt: skip
