"""Recognise the kind of certificate by patterns, which are data: the real names are not confirmed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from kaigo_certs._model import CertFinding, Verdict
from kaigo_certs._names import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography import x509


@dataclass(frozen=True, slots=True)
class KindPattern:
    """One kind of certificate, known by words in its names; full-width and case do not matter.

    It matches where any word of ``subject`` stands in the subject and, if given, any of ``issuer`` in the
    issuer. ``fit``: usable here, or None for "not confirmed".
    """

    name: str
    fit: bool | None = None
    subject: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    confirmed: bool = False

    def matches(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate is of this kind, by its names."""
        subject, issuer = _plain(shown(certificate.subject)), _plain(shown(certificate.issuer))
        if not self.subject and not self.issuer:
            return False
        return _any(self.subject, subject) and _any(self.issuer, issuer)


def kind_patterns(data: Any) -> tuple[KindPattern, ...]:
    """Patterns from a document of the form of ``judging/kinds.yaml``; ``ValueError`` for another form."""
    try:
        confirmed = data["status"] == "confirmed"
        return tuple(
            KindPattern(
                k["name"], k.get("fit"), tuple(k.get("subject", ())), tuple(k.get("issuer", ())), confirmed
            )
            for k in data["kinds"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a document of certificate kinds: {error}") from None


@lru_cache(maxsize=1)
def default_patterns() -> tuple[KindPattern, ...]:
    """The patterns shipped with this package; all unconfirmed."""
    text = resources.files("kaigo_certs.judging").joinpath("kinds.yaml").read_text(encoding="utf-8")
    return kind_patterns(yaml.safe_load(text))


def judge_kind(certificate: x509.Certificate, patterns: tuple[KindPattern, ...]) -> Iterator[CertFinding]:
    """The kind of the certificate; an unconfirmed pattern gives a notice, never a certainty."""
    kind = next((pattern for pattern in patterns if pattern.matches(certificate)), None)
    if kind is None:
        yield CertFinding("CERT_KIND_UNKNOWN", Verdict.WARN, {"issuer": shown(certificate.issuer)})
    elif kind.fit is False:
        yield CertFinding("CERT_KIND_UNFIT", Verdict.FAIL, {"kind": kind.name})
    elif kind.fit and kind.confirmed:
        yield CertFinding("CERT_KIND_FIT", Verdict.OK, {"kind": kind.name})
    else:
        yield CertFinding("CERT_KIND_LIKELY", Verdict.WARN, {"kind": kind.name})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _any(words: tuple[str, ...], text: str) -> bool:
    return not words or any(_plain(word) in text for word in words)
