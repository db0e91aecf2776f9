"""``kaigo-gateway cert``: client certificates from the file to the proof."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from kaigo_gateway.cli.toolkit import json_option, run_async, show_report
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kaigo_gateway.model.results import Finding

F = TypeVar("F", bound="Callable[..., Any]")
T = TypeVar("T")
_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(short_help=N_("Client certificates: inspect, install, list, verify, remove."))
def cert() -> None:
    """Client certificates: inspect, install, list, verify, remove."""


def _options(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_file_options = _options(
    click.argument("file", type=_FILE),
    click.option("--password-file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False),
                 help=N_("File with the password (UTF-8 or Shift_JIS text; - for standard input).")),
    click.option("--key-file", type=_FILE, help=N_("PEM private key, where the certificate is PEM.")),
    click.option("--issuer-file", type=_FILE, help=N_("PEM of the issuer that the service accepts.")),
    click.option("--fetch-issuer", is_flag=True, help=N_("Fetch a missing issuer from where the file says.")),
)  # fmt: skip
_vault_options = _options(
    click.option(
        "--vault", "vault_folder", type=_FOLDER, help=N_("Folder of the vault (default: settings).")
    ),
    click.option("--vault-passphrase-file", type=_FILE, help=N_("File with the passphrase of the vault.")),
    click.option("--vault-keyring", is_flag=True, help=N_("Take the passphrase from the system's key ring.")),
)


def _number(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    from kaigo_gateway.certificate._choice import office_number

    return None if typed is None else office_number(typed)


_office = click.option(
    "--office", metavar="NUMBER", callback=_number, help=N_("事業所番号 (ten characters).")
)
_needed_office = click.option(
    "--office", metavar="NUMBER", required=True, callback=_number, help=N_("事業所番号 (ten characters).")
)
_sha256 = click.option(
    "--sha256", help=N_("Which one (the first digits are enough), where the office has several.")
)
_stores = click.option(
    "--store", "stores", multiple=True, default=("vault",), metavar="STORE",
    help=N_("vault, nss, nss:FOLDER, windows or macos; may be given several times."),
)  # fmt: skip

_firefox = click.option(
    "--firefox-profile", type=_FOLDER,
    help=N_("Firefox profile that chooses certificates by itself (at every site; asked for only here)."),
)  # fmt: skip


@cert.command(short_help=N_("Say what a certificate file is worth."))
@_file_options
@_office
@click.option("--kinds-file", type=_FILE, help=N_("YAML with the confirmed names of certificate kinds."))
@click.option("--revocation", is_flag=True, help=N_("Ask OCSP and CRL over the network too."))
@click.option("--proxy", default="system", help=N_('Proxy: a URL, "system" or "none".'))
@json_option
def inspect(as_json: bool, **given: Any) -> None:
    """Say what a certificate file is worth: readable, in date, for this office, complete, accepted.

    Nothing is kept and nothing leaves this computer (except the questions of --revocation).
    """
    from kaigo_gateway.certificate import _inspection

    _show(run_async(_inspection.inspect_file(**given)), "cert.inspect", as_json=as_json)


@cert.command(short_help=N_("Keep a certificate in the vault and install it into stores."))
@_file_options
@_office
@_stores
@click.option(
    "--origin", metavar="URL", help=N_("Let the browser choose the certificate by itself at this site.")
)
@click.option("--policy-dir", type=_FOLDER, help=N_("Folder of the browser's managed policies."))
@_firefox
@_vault_options
@json_option
def install(as_json: bool, **given: Any) -> None:
    """Keep a certificate in the vault and install it into stores.

    The file is judged first; nothing is written where a finding fails. A certificate that is there already is
    not installed twice, and an older one stays until the new one is proved.
    """
    from kaigo_gateway.certificate import _installation

    _show(run_async(_installation.install_file(**given)), "cert.install", as_json=as_json)


@cert.command("list", short_help=N_("List kept certificates with the days left."))
@_office
@click.option("--ics", type=_FILE, help=N_("Write the last days as a calendar file."))
@_vault_options
@json_option
def list_(as_json: bool, **given: Any) -> None:
    """List kept certificates with the days left; notices 90, 60, 30, 14 and 7 days before the end."""
    from kaigo_gateway.certificate import _listing

    _listing.show_list(as_json=as_json, **given)


@cert.command(short_help=N_("Prove that a certificate is installed and accepted."))
@_needed_office
@_sha256
@_stores
@click.option("--url", help=N_("Address to reach with the certificate (https://...)."))
@click.option("--ca-file", type=_FILE, help=N_("PEM of the only CA to trust for that address."))
@click.option("--proxy", default="system", help=N_('Proxy: a URL, "system" or "none".'))
@click.option(
    "--browser", is_flag=False, flag_value="auto", metavar="[chromium|chrome|edge|firefox]",
    type=click.Choice(["auto", "chromium", "chrome", "edge", "firefox"]),
    help=N_("Prove with a headless browser too: the one that uses the store, or the one named."),
)  # fmt: skip
@click.option("--marker", help=N_("Text that the page must show in the browser."))
@click.option("--screenshot", type=_FILE, help=N_("Write the browser's picture (PNG)."))
@click.option(
    "--remove-old", is_flag=True, help=N_("After the proof, remove the office's older certificates.")
)
@click.option("--firefox-profile", type=_FOLDER, help=N_("Firefox profile to prove with --browser."))
@_vault_options
@json_option
def verify(as_json: bool, **given: Any) -> None:
    """Prove that a certificate is installed, and accepted by the server (and the browser) at an address."""
    from kaigo_gateway.certificate import _verification

    _show(run_async(_verification.verify(**given)), "cert.verify", as_json=as_json)


@cert.command(short_help=N_("Remove a certificate from stores and vault."))
@_needed_office
@_sha256
@_stores
@click.option("--origin", metavar="URL", help=N_("Take the browser's choice at this site back too."))
@click.option("--policy-dir", type=_FOLDER, help=N_("Folder of the browser's managed policies."))
@_firefox
@_vault_options
@json_option
def remove(as_json: bool, **given: Any) -> None:
    """Remove a certificate and its key from the given stores. This cannot be undone."""
    from kaigo_gateway.certificate import _installation

    _show(run_async(_installation.remove_kept(**given)), "cert.remove", as_json=as_json)


def _show(findings: Sequence[Finding], check_id: str, *, as_json: bool) -> NoReturn:
    from kaigo_gateway.certificate._listing import report_on

    show_report(report_on(findings, check_id), as_json=as_json)
