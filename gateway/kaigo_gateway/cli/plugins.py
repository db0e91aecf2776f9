"""``kaigo-gateway plugins``: what is installed, from where, which version, which hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kaigo_gateway.cli import without_plugins
from kaigo_gateway.cli.toolkit import finish, json_option, print_json, say
from kaigo_gateway.i18n import N_, gettext

if TYPE_CHECKING:
    from kaigo_gateway.plugins import PluginHost


@click.group(short_help=N_("List, create and check plugins."))
def plugins() -> None:
    """List, create and check plugins."""


@plugins.command("list", short_help=N_("Show what is installed, from where, which version, which hooks."))
@click.option("--no-import", is_flag=True, help=N_("List without importing any plugin (no hooks shown)."))
@json_option
@click.pass_context
def list_plugins(ctx: click.Context, *, no_import: bool, as_json: bool) -> None:
    """Show what is installed, from where, which version, which hooks; exit code 3 if one is broken."""
    from kaigo_gateway.plugins import PluginHost

    without = ("*",) if no_import else without_plugins(ctx)
    host = PluginHost(without=without)
    rows = [_row(host, candidate, without) for candidate in host.candidates]
    if as_json:
        print_json({"schema": "kaigo-gateway/plugins/1", "plugins": rows})
    else:
        for row in rows:
            source = f"{row['distribution']} {row['version']}  {row['from']}"
            say(f"[{gettext(row['state'])}] {row['name']}  {source}")
            say(f"      {row['detail'] or ', '.join(row['hooks'])}")
    finish("error" if host.problems else "ok")


_STATES = {"in use": N_("in use"), "left out": N_("left out"), "broken": N_("broken")}


def _row(host: PluginHost, candidate: Any, without: tuple[str, ...]) -> dict[str, Any]:
    left_out = "*" in without or candidate.name in without
    problem = next((each for each in host.problems if each.plugin == candidate.name), None)
    module = {id(plugin.module): plugin for plugin in host.plugins}
    loaded = next((plugin for plugin in module.values() if plugin.name == candidate.name), None)
    return {
        "name": candidate.name,
        "title": loaded.info.title if loaded else "",
        "distribution": candidate.distribution,
        "version": candidate.version,
        "from": candidate.target,
        "state": "left out" if left_out else "broken" if problem else "in use",
        "detail": f"{problem.kind}: {problem.detail}" if problem else "",
        "hooks": host.hooks_of(loaded) if loaded else [],
    }
