"""Requests and answers about certificates beyond the vault: stores, proofs, removals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kaigo_gateway.model._base import Model
from kaigo_gateway.model.site import OfficeNumber
from kaigo_gateway.web.api.models import LanguageQuery

StoreName = Annotated[str, Field(min_length=1, max_length=300)]
Address = Annotated[str, Field(min_length=9, max_length=2000)]


class StoreInfo(Model):
    """A place into which a certificate can be installed; ``unavailable`` says why it cannot be used here."""

    name: str
    title: str
    unavailable: str


class StoreList(Model):
    """All stores."""

    items: tuple[StoreInfo, ...]


class CertificatesQuery(LanguageQuery):
    """Whose certificates; all without ``office``."""

    office: OfficeNumber | None = None


class Proof(Model):
    """Prove a kept certificate: held by the stores, accepted at ``url``, chosen by the browser there.

    ``ca_file`` is the path of an uploaded file: the only authority to trust for that address.
    ``remove_old`` takes the office's older certificates out of the stores once everything is proved.
    """

    office_number: OfficeNumber
    stores: tuple[StoreName, ...] = Field(default=("vault",), max_length=10)
    url: Address | None = None
    ca_file: str | None = Field(default=None, min_length=1, max_length=300)
    proxy: str = Field(default="system", max_length=300, description='a URL, "system" or "none"')
    browser: bool = False
    marker: str | None = Field(default=None, max_length=200, description="text that the page must show")
    remove_old: bool = False


class Removal(Model):
    """Remove one certificate of an office from stores; from the vault last. This cannot be undone."""

    office_number: OfficeNumber
    sha256: str = Field(default="", max_length=64, pattern="^[0-9a-fA-F]*$", description="first digits")
    stores: tuple[StoreName, ...] = Field(default=("vault",), min_length=1, max_length=10)
    origin: Address | None = Field(default=None, description="take the browser's choice there back too")
