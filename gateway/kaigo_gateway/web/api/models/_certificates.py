"""Certificates in the vault, and what a file is worth."""

from __future__ import annotations

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.results import Status
from kaigo_gateway.report.model import Remedy


class CertificateInfo(Model):
    """A certificate in the vault; never its key."""

    office_number: str
    sha256: str
    subject: str
    issuer: str
    not_before: str
    not_after: str
    days_left: int


class CertificateList(Model):
    """All kept certificates, the newest of each office first."""

    items: tuple[CertificateInfo, ...]


class JudgedFinding(Model):
    """One finding about a certificate or file, with its text."""

    status: Status
    reason_code: str
    message: str
    remedy: Remedy = Remedy()


class JudgedCertificate(Model):
    """What a certificate file is worth; ``installed`` only after it was put into the vault."""

    overall: Status
    installed: bool
    certificate: CertificateInfo | None
    findings: tuple[JudgedFinding, ...]
