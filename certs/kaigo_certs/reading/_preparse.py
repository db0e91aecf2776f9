"""Read the frame of a PKCS#12 file without its password: ciphers, iteration counts, checksum.

RFC 7292 (PKCS#12), RFC 8018 (PBES2), RFC 9579 (PBMAC1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asn1crypto import cms, core, keys, pkcs12
from asn1crypto.algos import EncryptionAlgorithm, KdfAlgorithm

from kaigo_certs._errors import UnreadableFile
from kaigo_certs._quiet import MALFORMED, quietly
from kaigo_certs.reading._frame import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator

ITERATION_LIMIT: Final = 5_000_000
"""Rounds of one key derivation above which a file is refused before any work (about two seconds each)."""

TOTAL_LIMIT: Final = 4 * ITERATION_LIMIT
BAG_LIMIT: Final = 200

_PBMAC1: Final = "1.2.840.113549.1.5.14"
_SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"
_NAMES: Final = {
    "1.2.410.200004.1.4": "seed_cbc",
    "1.2.410.200046.1.1.2": "aria128_cbc",
    "1.2.410.200046.1.1.7": "aria192_cbc",
    "1.2.410.200046.1.1.12": "aria256_cbc",
    "1.2.392.200011.61.1.1.1.2": "camellia128_cbc",
    "1.2.392.200011.61.1.1.1.3": "camellia192_cbc",
    "1.2.392.200011.61.1.1.1.4": "camellia256_cbc",
}


class _Pbmac1Params(core.Sequence):  # type: ignore[misc] # asn1crypto is untyped
    _fields = [("kdf", KdfAlgorithm), ("mac", core.Any)]  # noqa: RUF012 - asn1crypto's way


def preparse(data: bytes) -> Frame:
    """The frame of ``data``.

    Raises :class:`UnreadableFile`: not PKCS#12, damaged, an unknown cipher, or too many iterations.
    """
    try:
        pfx = load_pfx(data)
        frame = _frame(pfx)
    except UnreadableFile:
        raise
    except Exception:  # noqa: BLE001 - asn1crypto raises ValueError, TypeError, KeyError, RecursionError ...
        raise UnreadableFile("CERT_FILE_DAMAGED") from None
    _refuse_excess(frame)
    return frame


def load_pfx(data: bytes) -> Any:
    """The PFX structure; a different structure raises the :class:`UnreadableFile` that names it."""
    try:
        pfx = pkcs12.Pfx.load(data)
        version, content = pfx["version"].native, pfx["auth_safe"]["content_type"].native
    except Exception:  # noqa: BLE001 - see above
        raise UnreadableFile(_other_structure(data)) from None
    if version != "v3" and _other_structure(data) == "CERT_FILE_DER_KEY":
        raise UnreadableFile("CERT_FILE_DER_KEY")
    if version != "v3" or content != "data":
        raise UnreadableFile("CERT_FILE_CIPHER", encryption=f"PFX {version}, {content}")
    return pfx


def safes(pfx: Any) -> Iterator[tuple[Any, Any]]:
    """Each safe of the file as (encryption algorithm or None, contents: bytes or EncryptedData)."""
    for info in pkcs12.AuthenticatedSafe.load(content_bytes(pfx["auth_safe"]["content"])):
        if info["content_type"].native == "encrypted_data":
            yield info["content"]["encrypted_content_info"]["content_encryption_algorithm"], info["content"]
        elif info["content_type"].native == "data":
            yield None, content_bytes(info["content"])
        else:
            raise UnreadableFile("CERT_FILE_CIPHER", encryption=str(info["content_type"].native))


def content_bytes(value: Any) -> bytes:
    """The bytes of an OCTET STRING, also where BER cut it into pieces."""
    return bytes(value.native if value.native is not None else b"")


def _frame(pfx: Any) -> Frame:
    ciphers: list[str] = []
    rounds: list[int] = []
    bags = plain = held = 0
    for algorithm, content in safes(pfx):
        if algorithm is not None:
            _note(algorithm, ciphers, rounds)
            continue
        for bag in pkcs12.SafeContents.load(content):
            bags += 1
            kind = bag["bag_id"].native
            plain += kind == "key_bag"
            held += kind in {"key_bag", "pkcs8_shrouded_key_bag"}
            if kind == "pkcs8_shrouded_key_bag":
                _note(bag["bag_value"]["encryption_algorithm"], ciphers, rounds)
    mac, mac_rounds = _mac(pfx)
    return Frame(tuple(dict.fromkeys(ciphers)), mac, (*rounds, *mac_rounds), bool(plain), bags, held)


def _note(algorithm: Any, ciphers: list[str], rounds: list[int]) -> None:
    """Add an encryption's name and its iteration count to the lists."""
    name = str(algorithm["algorithm"].native)
    if name == "pbes2":
        parameters = algorithm["parameters"]
        scheme: EncryptionAlgorithm = parameters["encryption_scheme"]
        name = _NAMES.get(str(scheme["algorithm"].native), str(scheme["algorithm"].native))
        rounds.append(_kdf_rounds(parameters["key_derivation_func"]))
    elif name.startswith(("pkcs12_", "pbes1_")):
        rounds.append(int(algorithm["parameters"]["iterations"].native))
    else:
        raise UnreadableFile("CERT_FILE_CIPHER", encryption=name)
    if name[0].isdigit():  # an identifier that nothing here knows: "wrong password" would mislead
        raise UnreadableFile("CERT_FILE_CIPHER", encryption=name)
    ciphers.append(name)


def _kdf_rounds(kdf: Any) -> int:
    name = kdf["algorithm"].native
    if name == "pbkdf2":
        return int(kdf["parameters"]["iteration_count"].native)
    raise UnreadableFile("CERT_FILE_CIPHER", encryption="scrypt" if name == _SCRYPT else str(name))


def _mac(pfx: Any) -> tuple[str, tuple[int, ...]]:
    """The checksum's digest (``none`` without one, ``pbmac1`` by its name) and its iteration counts."""
    data = pfx["mac_data"]
    if not data or data.native is None:
        return "none", ()
    algorithm = data["mac"]["digest_algorithm"]
    name = str(algorithm["algorithm"].native)
    if name == _PBMAC1:
        parameters = algorithm["parameters"].parse(_Pbmac1Params)
        return "pbmac1", (_kdf_rounds(parameters["kdf"]),)
    return name, (int(data["iterations"].native),)


def _refuse_excess(frame: Frame) -> None:
    worst, total = max(frame.rounds, default=0), sum(frame.rounds)
    if worst > ITERATION_LIMIT or total > TOTAL_LIMIT or min(frame.rounds, default=1) < 1:
        raise UnreadableFile("CERT_FILE_ITERATIONS", iterations=max(worst, total), limit=ITERATION_LIMIT)
    if frame.bags > BAG_LIMIT:
        raise UnreadableFile("CERT_FILE_DAMAGED")


def _other_structure(data: bytes) -> str:
    """The reason code for DER that is not a PFX."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        with quietly():
            x509.load_der_x509_certificate(data)
    except (UnsupportedAlgorithm, *MALFORMED):
        pass
    else:
        return "CERT_FILE_DER_CERTIFICATE"
    for structure, code in (
        (cms.ContentInfo, "CERT_FILE_P7B"),
        (keys.PrivateKeyInfo, "CERT_FILE_DER_KEY"),
        (keys.EncryptedPrivateKeyInfo, "CERT_FILE_DER_KEY"),
        (keys.RSAPrivateKey, "CERT_FILE_DER_KEY"),
        (keys.ECPrivateKey, "CERT_FILE_DER_KEY"),
    ):
        if _is_a(structure, data):
            return code
    return "CERT_FILE_DAMAGED" if b"\x2a\x86\x48\x86\xf7\x0d\x01\x07" in data[:64] else "CERT_FILE_NOT_PKCS12"


def _is_a(structure: Any, data: bytes) -> bool:
    try:
        value = structure.load(data)
        if structure is cms.ContentInfo:
            return value["content_type"].native in {"signed_data", "enveloped_data"}
        value.native  # noqa: B018 - parses every field
    except Exception:  # noqa: BLE001 - not this structure
        return False
    return True
