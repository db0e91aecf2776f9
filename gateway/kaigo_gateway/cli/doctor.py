"""``kaigo-gateway doctor``: the installation itself, not a site."""

from __future__ import annotations

import click

from kaigo_gateway.cli import without_plugins
from kaigo_gateway.cli.toolkit import json_option, show_report
from kaigo_gateway.i18n import N_


@click.command(short_help=N_("Check this installation itself."))
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check this installation itself: Python, OpenSSL, plugins, extras, settings, folders, browser tools."""
    from kaigo_gateway.doctor import examine

    show_report(examine(without_plugins(ctx)), as_json=as_json)
