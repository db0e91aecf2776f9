"""Open a PKCS#12 file with each reading of the password. Runs in the worker process."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    pkcs12,
)

from kaigo_certs._errors import UnreadableFile, WrongPassword
from kaigo_certs._quiet import MALFORMED
from kaigo_certs.reading._passwords import Attempt, attempts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from kaigo_certs.reading._frame import Frame


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came out of the file, as DER. The keys (PKCS#8) never appear in ``repr``."""

    keys: tuple[bytes, ...] = field(repr=False)
    certificates: tuple[bytes, ...]
    friendly_name: str | None = None
    variant: str = "as_given"
    ber: bool = False
    mac_verified: bool = True


def load(data: bytes, password: str | None, frame: Frame | None = None) -> Loaded:
    """The contents of a PKCS#12 file; ``frame`` where it has been pre-parsed already.

    Raises :class:`WrongPassword` when no reading of the password fits, :class:`UnreadableFile` otherwise.
    """
    if frame is None:
        from kaigo_certs.reading._preparse import preparse

        frame = preparse(data)
    tried = 0
    for attempt in attempts(password):
        tried += 1
        loaded = _try(data, frame, attempt)
        if loaded is not None:
            return loaded
    if password is None:
        raise WrongPassword("CERT_PASSWORD_MISSING")
    raise WrongPassword("CERT_PASSWORD_WRONG", tried=tried)


def _try(data: bytes, frame: Frame, attempt: Attempt) -> Loaded | None:
    """The contents under one reading of the password, or None when it does not fit."""
    if attempt.raw:
        return _try_raw(data, attempt)
    bare = _without_pbmac1(data, attempt) if frame.mac == "pbmac1" else data
    if bare is None:
        return None
    for password in (attempt.password, None) if not attempt.password else (attempt.password,):
        opened = _open(bare, password)
        if opened is not None:
            found, ber = opened
            further = _key_files(bare) if frame.keys > 1 else ()
            return _collect(further, found, password, attempt.variant, ber=ber)
    return None


# What needs a second parser is imported where it is needed: an ordinary file needs it in the parent only, and
# without it the worker process is there a third sooner.


def _key_files(data: bytes) -> Sequence[bytes]:
    from kaigo_certs.reading._pbe import single_key_files
    from kaigo_certs.reading._preparse import load_pfx

    return single_key_files(load_pfx(data))


def _without_pbmac1(data: bytes, attempt: Attempt) -> bytes | None:
    """The file without its PBMAC1 checksum, None where that does not fit the password."""
    from kaigo_certs.reading._pbe import pbmac1_fits, without_mac
    from kaigo_certs.reading._preparse import load_pfx

    pfx = load_pfx(data)
    try:
        return without_mac(pfx) if pbmac1_fits(pfx, attempt.password) else None
    except (ValueError, TypeError, KeyError, OverflowError):  # a digest or a parameter that nobody knows
        raise UnreadableFile("CERT_FILE_CIPHER", encryption="PBMAC1") from None


def _try_raw(data: bytes, attempt: Attempt) -> Loaded | None:
    from kaigo_certs.reading._pbe import open_raw
    from kaigo_certs.reading._preparse import load_pfx

    try:
        keys, certificates = open_raw(load_pfx(data), attempt.password)
        for key in keys:
            load_der_private_key(key, None)
    except (ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm):
        return None
    return Loaded(tuple(keys), tuple(certificates), None, attempt.variant, mac_verified=False)


def _open(data: bytes, password: bytes | None) -> tuple[pkcs12.PKCS12KeyAndCertificates, bool] | None:
    """The loader's result and whether the file was BER; None for a wrong password."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = pkcs12.load_pkcs12(data, password)
        except UnsupportedAlgorithm as error:
            raise UnreadableFile("CERT_FILE_CIPHER", encryption=str(error)[:80]) from None
        except MALFORMED as error:
            if "password" in str(error):
                return None
            raise UnreadableFile("CERT_FILE_DAMAGED") from None
        except TypeError:
            return None
    return found, any("BER" in str(warning.message) for warning in caught)


def _collect(
    further: Sequence[bytes],
    found: pkcs12.PKCS12KeyAndCertificates,
    password: bytes | None,
    variant: str,
    *,
    ber: bool,
) -> Loaded:
    certificates = [c for c in (found.cert, *found.additional_certs) if c is not None]
    keys = [] if found.key is None else [_der(found.key)]
    keys += [_der(result[0].key) for file in further if (result := _open(file, password)) and result[0].key]
    name = next((c.friendly_name for c in certificates if c.friendly_name), None)
    return Loaded(
        tuple(dict.fromkeys(keys)),
        tuple(dict.fromkeys(_certificate_der(c.certificate) for c in certificates)),
        name.decode("utf-8", "replace") if name else None,
        variant,
        ber,
    )


def _certificate_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _der(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
