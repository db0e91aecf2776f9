"""Validity: today against notBefore and notAfter, in Japanese calendar days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from kaigo_certs._model import CertFinding, Verdict

if TYPE_CHECKING:
    from cryptography import x509

JAPAN: Final = timezone(timedelta(hours=9), "JST")
NOTICE_DAYS: Final = 90
"""Renewal is announced 90 days before the end (web pages of 国保連合会, read 2026-11)."""


def today_in_japan() -> date:
    """The day it is in Japan."""
    return datetime.now(UTC).astimezone(JAPAN).date()


def last_day(certificate: x509.Certificate) -> date:
    """The last day in Japan on which it is valid; a certificate that ends at midnight ends the day before."""
    return (certificate.not_valid_after_utc - timedelta(seconds=1)).astimezone(JAPAN).date()


def has_ended(certificate: x509.Certificate, today: date) -> bool:
    """Whether the certificate is over on ``today``; where that is the present day, at this very moment."""
    if today == today_in_japan():
        return certificate.not_valid_after_utc <= datetime.now(UTC)
    return last_day(certificate) < today


def days_left(certificate: x509.Certificate, today: date) -> int:
    """Days from ``today`` to the last day; negative after it."""
    return (last_day(certificate) - today).days


def judge_dates(certificate: x509.Certificate, today: date) -> CertFinding:
    """Valid, soon to expire, expired, or not yet valid."""
    first, last = certificate.not_valid_before_utc.astimezone(JAPAN).date(), last_day(certificate)
    left = (last - today).days
    if today < first:
        return CertFinding("CERT_NOT_YET_VALID", Verdict.FAIL, {"not_before": first.isoformat()})
    if has_ended(certificate, today):
        return CertFinding(
            "CERT_EXPIRED", Verdict.FAIL, {"not_after": last.isoformat(), "days_ago": max(-left, 0)}
        )
    seen = {"not_after": last.isoformat(), "days_left": left}
    if left <= NOTICE_DAYS:
        return CertFinding("CERT_EXPIRES_SOON", Verdict.WARN, seen)
    return CertFinding("CERT_VALID", Verdict.OK, seen)
