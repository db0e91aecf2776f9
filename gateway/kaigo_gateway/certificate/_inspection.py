"""``cert inspect``: a file, judged; nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_certs import (
    CertificateError,
    WrongPassword,
    fetch_issuers,
    kind_patterns,
)

from kaigo_gateway.certificate import operations
from kaigo_gateway.certificate._access import (
    as_input_error,
    ask_password,
    read_certificate_file,
    read_given,
    read_optional,
    read_password_file,
)
from kaigo_gateway.certificate.reasons import finding_of, finding_of_error
from kaigo_gateway.certificate.revocation import revocation_finding
from kaigo_gateway.probe import ProxyChoice

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_certs import Bundle, KindPattern

    from kaigo_gateway.model.results import Finding


async def inspect_file(  # noqa: PLR0913 - the options of the command
    *,
    file: Path,
    password_file: Path | None,
    key_file: Path | None,
    issuer_file: Path | None,
    fetch_issuer: bool,
    office: str | None,
    kinds_file: Path | None,
    revocation: bool,
    proxy: str,
) -> list[Finding]:
    """All findings about the file. Raises :class:`InputError` for files that cannot be read at all."""
    issuer_pem = read_optional(issuer_file)
    patterns = read_kinds(kinds_file)
    try:
        bundle = await read_bundle(file, password_file, key_file, office)
    except CertificateError as error:
        return [finding_of_error(error)]
    bundle, fetched = await completed(bundle, wanted=fetch_issuer)
    judged = await operations.inspect(bundle, office=office, issuer_pem=issuer_pem, patterns=patterns)
    findings = [*fetched, *judged]
    if revocation:
        findings.append(await revocation_finding(bundle.completed(issuer_pem), ProxyChoice(proxy)))
    return findings


async def read_bundle(
    file: Path, password_file: Path | None, key_file: Path | None, office: str | None
) -> Bundle:
    """The file's certificate; on a terminal a missing password is asked for.

    Raises ``CertificateError`` when the file is unfit, :class:`InputError` when it cannot be read at all.
    """
    data, key = read_certificate_file(file), read_optional(key_file)
    password = read_password_file(password_file)
    try:
        return await operations.read(data, password, key, office)
    except WrongPassword as error:
        asked = ask_password() if error.code == "CERT_PASSWORD_MISSING" else None
        if asked is None:
            raise
        return await operations.read(data, asked, key, office)


async def completed(bundle: Bundle, *, wanted: bool) -> tuple[Bundle, list[Finding]]:
    """The bundle with its chain fetched, where that is wanted, and what came of it."""
    if not wanted:
        return bundle, []
    bundle, found = await fetch_issuers(bundle)
    return bundle, [finding_of(found)] if found else []


def read_kinds(path: Path | None) -> tuple[KindPattern, ...] | None:
    """The patterns of a kinds file; None for the built-in ones. Raises :class:`InputError`."""
    import yaml

    if path is None:
        return None
    try:
        return kind_patterns(yaml.safe_load(read_given(path)))
    except (ValueError, yaml.YAMLError) as error:
        why = str(error).splitlines()[0]
        raise as_input_error(CertificateError("CERT_KINDS_FILE", path=str(path), why=why)) from None
