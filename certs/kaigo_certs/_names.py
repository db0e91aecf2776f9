"""Names in certificates: shown to people, and searched for the 事業所番号."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kaigo_certs._quiet import UNREADABLE

OFFICE_NUMBER: Final = re.compile(r"(?<![0-9A-Z])([0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7})(?![0-9A-Z])")
"""事業所番号: prefecture, then a digit or letter (without I, O, Q), then seven digits."""


def shown(name: x509.Name) -> str:
    """A name as one readable line, the common name first: ``ケアセンター桜 (OU=0001, O=...)``."""
    parts = [(a.rfc4514_attribute_name, _text(a.value)) for a in name]
    common = [value for kind, value in parts if kind == "CN"]
    others = ", ".join(f"{kind}={value}" for kind, value in parts if kind != "CN")
    if not common:
        return others or "-"
    return f"{common[-1]} ({others})" if others else common[-1]


def short(name: x509.Name) -> str:
    """The common name alone, or the whole name where there is none."""
    common = [_text(a.value) for a in name if a.rfc4514_attribute_name == "CN"]
    return common[-1] if common else shown(name)


def _text(value: str | bytes) -> str:
    text = value if isinstance(value, str) else value.hex()
    return "".join(c if c.isprintable() else " " for c in text)[:200]


def office_numbers(certificate: x509.Certificate, attributes: tuple[str, ...] = ()) -> list[str]:
    """Every 事業所番号 that stands in the subject (or its alternative names), in order, none twice.

    ``attributes`` limits the search to these subject attributes (``CN``, ``OU`` ...); where an issuer writes
    the number is not confirmed, so the default is to look everywhere.
    """
    values = [
        _text(a.value)
        for a in certificate.subject
        if not attributes or a.rfc4514_attribute_name in attributes
    ]
    if not attributes:
        values += _alternative_names(certificate)
    found = [
        m for value in values for m in OFFICE_NUMBER.findall(unicodedata.normalize("NFKC", value).upper())
    ]
    return list(dict.fromkeys(found))


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    except UNREADABLE:
        return []
    names = extension.value
    return (
        [str(n.value) for n in names if isinstance(n, (x509.RFC822Name, x509.DNSName))]
        if isinstance(names, x509.SubjectAlternativeName)
        else []
    )
