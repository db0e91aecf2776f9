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
from kaigo_certs.reading._passwords import Attempt, attempts
from kaigo_certs.reading._pbe import open_raw, pbmac1_fits, single_key_files, without_mac
from kaigo_certs.reading._preparse import Frame, load_pfx, preparse

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came out of the file, as DER. The keys (PKCS#8) never appear in ``repr``."""

    keys: tuple[bytes, ...] = field(repr=False)
    certificates: tuple[bytes, ...]
    friendly_name: str | None = None
    variant: str = "as_given"
    ber: bool = False
    mac_verified: bool = True


def load(data: bytes, password: str | None) -> Loaded:
    """The contents of a PKCS#12 file.

    Raises :class:`WrongPassword` when no reading of the password fits, :class:`UnreadableFile` otherwise.
    """
    frame, pfx = preparse(data), load_pfx(data)
    tried = 0
    for attempt in attempts(password):
        tried += 1
        loaded = _try(data, pfx, frame, attempt)
        if loaded is not None:
            return loaded
    if password is None:
        raise WrongPassword("CERT_PASSWORD_MISSING")
    raise WrongPassword("CERT_PASSWORD_WRONG", tried=tried)


def _try(data: bytes, pfx: Any, frame: Frame, attempt: Attempt) -> Loaded | None:
    """The contents under one reading of the password, or None when it does not fit."""
    if attempt.raw:
        return _try_raw(pfx, attempt)
    if frame.mac == "pbmac1":
        if not _pbmac1_fits(pfx, attempt.password):
            return None
        data = without_mac(pfx)
    for password in (attempt.password, None) if not attempt.password else (attempt.password,):
        opened = _open(data, password)
        if opened is not None:
            found, ber = opened
            return _collect(pfx, found, password, attempt.variant, ber=ber)
    return None


def _pbmac1_fits(pfx: Any, password: bytes) -> bool:
    try:
        return pbmac1_fits(pfx, password)
    except (ValueError, TypeError, KeyError, OverflowError):  # a digest or a parameter that nobody knows
        raise UnreadableFile("CERT_FILE_CIPHER", encryption="PBMAC1") from None


def _try_raw(pfx: Any, attempt: Attempt) -> Loaded | None:
    try:
        keys, certificates = open_raw(pfx, attempt.password)
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
        except ValueError as error:
            if "password" in str(error):
                return None
            raise UnreadableFile("CERT_FILE_DAMAGED") from None
        except TypeError:
            return None
    return found, any("BER" in str(warning.message) for warning in caught)


def _collect(
    pfx: Any, found: pkcs12.PKCS12KeyAndCertificates, password: bytes | None, variant: str, *, ber: bool
) -> Loaded:
    certificates = [c for c in (found.cert, *found.additional_certs) if c is not None]
    keys = [] if found.key is None else [_der(found.key)]
    files = single_key_files(pfx)
    if len(files) > 1:
        keys += [_der(result[0].key) for file in files if (result := _open(file, password)) and result[0].key]
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
