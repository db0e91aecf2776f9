"""Which office and which of its certificates is meant."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from kaigo_certs import CertificateError

from kaigo_gateway.certificate._access import as_input_error
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from kaigo_certs import Bundle, StoredIdentity, Vault


def office_number(typed: str) -> str:
    """A 事業所番号 as it was typed, full-width too. Raises :class:`InputError` for anything else."""
    from pydantic import TypeAdapter, ValidationError

    from kaigo_gateway.model.site import OfficeNumber

    plain = unicodedata.normalize("NFKC", typed).strip().upper()
    try:
        return str(TypeAdapter(OfficeNumber).validate_python(plain))
    except ValidationError:
        raise InputError(
            N_("{office} is not a 事業所番号."),
            N_("Give its ten characters, as in 1370000001."),
            office=typed,
        ) from None


def the_office_named(bundle: Bundle) -> str:
    """The one 事業所番号 in the certificate. Raises :class:`InputError` where none or several stand there."""
    found = bundle.office_numbers
    if len(found) != 1:
        raise InputError(
            N_("The certificate does not name exactly one office ({found})."),
            N_("Say for which office it is, with --office."),
            found=found or "-",
        )
    return found[0]


def kept_by(vault: Vault, office: str, sha256: str | None = None) -> list[StoredIdentity]:
    """The office's certificates whose SHA-256 begins so, at least one. Raises :class:`InputError`."""
    try:
        kept = vault.identities(office)
    except CertificateError as error:
        raise as_input_error(error) from None
    found = [identity for identity in kept if identity.sha256.startswith((sha256 or "").lower())]
    if not kept:
        raise as_input_error(CertificateError("CERT_NOT_IN_VAULT", office_number=office))
    if not found:
        raise InputError(
            N_("Office {office} has no certificate whose SHA-256 begins with {sha256}."),
            N_("Choose one of: {choices}"),
            office=office,
            sha256=sha256,
            choices=[identity.sha256[:16] for identity in kept],
        )
    return found


def choose(vault: Vault, office: str, sha256: str | None) -> StoredIdentity:
    """The one certificate meant. Raises :class:`InputError` where none or several are."""
    found = kept_by(vault, office, sha256)
    if len(found) > 1:
        raise InputError(
            N_("Office {office} has {count} certificates."),
            N_("Say which one with --sha256: {choices}"),
            office=office,
            count=len(found),
            choices=[identity.sha256[:16] for identity in found],
        )
    return found[0]
