"""The site: one office, its supporter, its certificate, its endpoints and what was bought."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, HttpUrl, StringConstraints, field_validator

from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.plainwords import OFFICE_NUMBER, REGISTRATION_NUMBER, SERVICE_CODE
from kaigo_gateway.model.secrets import SecretRef

OfficeNumber = Annotated[str, StringConstraints(pattern=OFFICE_NUMBER)]
"""事業所番号: ten characters; prefecture, then a digit or letter (without I, O, Q), then seven digits."""

ServiceCode = Annotated[str, StringConstraints(pattern=SERVICE_CODE)]
"""サービス種類コード: two characters, a string (``2A`` occurs)."""

RegistrationNumber = Annotated[str, StringConstraints(pattern=REGISTRATION_NUMBER)]
"""適格請求書発行事業者の登録番号: T and 13 digits."""


class Office(Model):
    """介護事業所: the applicant."""

    number: OfficeNumber
    name: str = Field(min_length=1)
    services: tuple[ServiceCode, ...] = Field(min_length=1)
    nonprofit: bool = False
    prefecture: str = ""
    address: str = ""
    phone: str = ""


class Supporter(Model):
    """導入支援事業者: who does the work."""

    name: str = Field(min_length=1)
    registration_number: RegistrationNumber | None = None
    engineer: str = ""


class CertificateSource(Model):
    """Where the client certificate comes from and into which stores it goes."""

    file: Path | None = Field(default=None, description="PKCS#12 file (.p12, .pfx)")
    password: SecretRef | None = None
    key_file: Path | None = Field(default=None, description="PEM private key, where the certificate is PEM")
    stores: tuple[str, ...] = ("vault",)
    issuer_file: Path | None = Field(
        default=None, description="PEM of the issuer whose certificates the service accepts (dry run)"
    )
    kinds_file: Path | None = Field(
        default=None,
        description="YAML with the names by which kinds of certificate are known, once confirmed",
    )


class Network(Model):
    """How the office reaches the Internet; used by every connection of a check."""

    proxy: str | None = Field(default=None, description='URL, "system" or "none"; default: environment')
    proxy_password: SecretRef | None = None
    pac_file: Path | None = None
    trust: Literal["system", "certifi"] = Field(
        default="system",
        description="authorities trusted where no ca_file is named: the system's store, or Mozilla's list",
    )
    connect_timeout: float = Field(default=10.0, gt=0, le=120, description="seconds")

    @field_validator("proxy")
    @classmethod
    def _no_password(cls, value: str | None) -> str | None:
        """The site goes into the record, so a password may not stand in it."""
        if value is not None and ":" in value.partition("://")[2].rpartition("@")[0]:
            raise ValueError(N_("no password may stand here; use proxy_password"))
        return value


class Endpoint(Model):
    """A service to reach. No endpoint of the real services is known to us, so none is built in."""

    url: HttpUrl | None = None
    ca_file: Path | None = Field(default=None, description="PEM of the only CA to trust for this service")
    expected_issuers: tuple[str, ...] = Field(
        default=(), description="names expected in the server certificate's issuer; others suggest inspection"
    )


class CareplanRoute(StrEnum):
    """How CarePlan files travel: today's client, the browser after the move of January 2027, or the API."""

    CLIENT = "client"
    WEB = "web"
    API = "api"


class CareplanEndpoint(Endpoint):
    """ケアプランデータ連携 as this office uses it."""

    route: CareplanRoute = CareplanRoute.CLIENT
    standard: str = Field(default="4.1", description="version that the care software writes")
    partner_number: OfficeNumber | None = Field(default=None, description="office to rehearse with")
    files: Path | None = Field(default=None, description="folder or ZIP with one sending to rehearse")


class Site(Model):
    """A site file, version 1. Relative paths are relative to the file's folder (``base``)."""

    schema_version: int = Field(default=1, alias="schema", ge=1, le=1)
    simulated: bool = Field(default=False, description="set by the sandbox only; marks record and papers")
    office: Office
    supporter: Supporter
    certificate: CertificateSource = CertificateSource()
    network: Network = Network()
    platform: Endpoint = Endpoint()
    careplan: CareplanEndpoint = CareplanEndpoint()
    expenses: tuple[ExpenseLine, ...] = Field(default=(), description="what was bought and charged, priced")
    programme: str = Field(default="kiban-office", description="grant programme to assess")
    plugins: dict[str, dict[str, Any]] = Field(default_factory=dict, description="settings per plugin")
    base: Path = Field(default=Path(), exclude=True, description="folder of the site file")

    def path(self, path: Path) -> Path:
        """A path of the site file, made absolute."""
        return path if path.is_absolute() else self.base / path
