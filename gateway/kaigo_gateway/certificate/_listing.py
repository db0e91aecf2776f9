"""``cert list``, and the report that all ``cert`` commands end with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from kaigo_certs import CertificateError

from kaigo_gateway.certificate import operations
from kaigo_gateway.certificate._access import as_input_error, open_vault
from kaigo_gateway.certificate.reasons import CERTIFICATE_REASONS
from kaigo_gateway.certificate.stores import put_right
from kaigo_gateway.i18n import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kaigo_certs import StoredIdentity, Vault

    from kaigo_gateway.model.results import Finding
    from kaigo_gateway.report.model import Report

SCHEMA = "kaigo-gateway/certificates/1"
_TITLES = {
    "cert.inspect": N_("Inspect a certificate file"),
    "cert.install": N_("Install a certificate"),
    "cert.list": N_("Kept certificates"),
    "cert.verify": N_("Verify a certificate"),
    "cert.remove": N_("Remove a certificate"),
}


def report_on(findings: Sequence[Finding], check_id: str) -> Report:
    """The report of one command, in the current language."""
    from kaigo_gateway._version import __version__
    from kaigo_gateway.model.results import Stage
    from kaigo_gateway.probe.reasons import REASONS as PROBE_REASONS
    from kaigo_gateway.report.model import make_report, result_from_finding

    books = [CERTIFICATE_REASONS, PROBE_REASONS]
    title = gettext(_TITLES[check_id])
    results = [
        result_from_finding(
            finding,
            check_id=check_id,
            stage=Stage.CERTIFICATE,
            title=title,
            plugin="kaigo-gateway",
            version=__version__,
            books=books,
        )
        for finding in findings
    ]
    return make_report(results)


def show_list(  # noqa: PLR0913 - the options of the command
    *, as_json: bool, office: str | None, ics: Path | None, vault_folder: Path | None,
    vault_passphrase_file: Path | None,
    vault_keyring: bool,
) -> NoReturn:  # fmt: skip
    """Print the kept certificates (schema ``kaigo-gateway/certificates/1``) and write the calendar."""
    from kaigo_certs.judging._dates import today_in_japan

    from kaigo_gateway._papers import write_file
    from kaigo_gateway.cli.toolkit import finish, print_json, run_async, say
    from kaigo_gateway.report.console import check_lines

    vault = run_async(open_vault(vault_folder, vault_passphrase_file, keyring=vault_keyring))
    kept, today = _kept(vault, office), today_in_japan()
    if ics is not None:
        write_file(
            ics, operations.expiry_calendar(kept, gettext("Certificate of office {office_number} ends"))
        )
    report = report_on([*run_async(put_right(vault)), *operations.notices(kept, today)], "cert.list")
    if as_json:
        results = [result.model_dump(mode="json") for result in report.results]
        certificates = [operations.listed(identity, today) for identity in kept]
        print_json(
            {
                "schema": SCHEMA,
                "overall": str(report.overall),
                "certificates": certificates,
                "results": results,
            }
        )
    else:
        for line in (*_lines(kept, vault), *check_lines(report.results)):
            say(line)
        if ics is not None:
            say(gettext("Calendar written: {path}").format(path=ics))
    finish(report.overall)


def _kept(vault: Vault, office: str | None) -> list[StoredIdentity]:
    try:
        return vault.identities(office)
    except CertificateError as error:
        raise as_input_error(error) from None


def _lines(kept: Sequence[StoredIdentity], vault: Vault) -> Iterator[str]:
    """One line per generation, the one in use marked; days are those of Japan."""
    if kept:
        yield gettext("  office      last day    days  SHA-256           name")
    for each in kept:
        used = vault.in_use(each.office_number)
        mark = "*" if used and used.sha256 == each.sha256 else " "
        days = f"{each.days_left():>5}"
        yield f"{mark} {each.office_number}  {each.last_day}  {days}  {each.sha256[:16]}  {each.subject}"
    if kept:
        yield gettext("* in use")
        yield ""
