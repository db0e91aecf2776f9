"""``kaigo-gateway serve``: the local page and REST service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaigo_gateway.cli._open import open_gateway
from kaigo_gateway.cli.toolkit import run_async, say
from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from kaigo_gateway.web.serving import Serving

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(short_help=N_("Start the local page and REST service."))
@click.option("--host", help=N_("Address to listen on (default 127.0.0.1); others need TLS."))
@click.option(
    "--port", type=click.IntRange(0, 65535), help=N_("Port to listen on (default 8720; 0 takes a free one).")
)
@click.option("--settings", "settings_file", type=_FILE, help=N_("Settings file instead of the user's own."))
@click.option(
    "--name", "names", multiple=True, metavar="HOST", help=N_("Name under which the service may be called.")
)
@click.option("--tls-cert", type=_FILE, help=N_("PEM certificate chain of the service."))
@click.option("--tls-key", type=_FILE, help=N_("PEM private key of the service."))
@click.option(
    "--allow-files",
    "files",
    type=_FOLDER,
    multiple=True,
    help=N_("Folder from which a site document sent to the service may name files."),
)
@click.pass_context
def serve(  # noqa: PLR0913, PLR0917 - one parameter per option
    ctx: click.Context,
    host: str | None,
    port: int | None,
    settings_file: Path | None,
    names: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    files: tuple[Path, ...],
) -> None:
    """Start the local page and REST service, on this machine only unless --host says otherwise.

    Prints a one-time link to sign in; programs use a token of the token file. Ends with Ctrl+C.

    Exit codes: 0 ended as asked, 2 wrong use, 3 it could not start (for example the port is in use).
    """
    from kaigo_gateway.web.serving import Wanted, serving

    gateway = open_gateway(ctx, settings_file)
    wanted = Wanted(
        host=host or gateway.settings.web.host,
        port=gateway.settings.web.port if port is None else port,
        names=names,
        tls_cert=tls_cert,
        tls_key=tls_key,
        files=files,
    )

    async def run() -> None:
        async with serving(gateway, wanted) as service:
            _announce(service)
            await service.wait()

    run_async(run())


def _announce(service: Serving) -> None:
    say(
        fill(
            gettext("Serving {address} (version {version})"),
            {"address": service.address, "version": service.version},
        )
    )
    say(fill(gettext("Sign in once with: {link}"), {"link": service.link}))
    say(fill(gettext("Tokens for programs: {path}"), {"path": service.token_file}))
    say(gettext("Stop with Ctrl+C."))
