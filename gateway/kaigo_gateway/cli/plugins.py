"""``kaigo-gateway plugins``: what is installed, from where, which version, which hooks."""

from __future__ import annotations

from pathlib import Path
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


@plugins.command(short_help=N_("Write a new plugin project that works at once."))
@click.argument("name")
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path, file_okay=False), help=N_("Where; default: ./NAME")
)
def new(name: str, folder: Path | None) -> None:
    """Write a new plugin project that works at once: package, reason codes, a check, a test, Japanese."""
    from kaigo_gateway.pluginkit import write_plugin

    for path in write_plugin(name, folder or Path(name)):
        say(str(path))


@plugins.command(short_help=N_("Say what an installed plugin lacks."))
@click.argument("name")
@json_option
def lint(name: str, *, as_json: bool) -> None:
    """Say what the installed plugin NAME lacks; exit code 1 if something grave is found."""
    from kaigo_gateway.model.reasons import fill
    from kaigo_gateway.pluginkit import lint as look
    from kaigo_gateway.pluginkit._lint import MESSAGES

    remarks = look(name)
    if as_json:
        rows = [{"code": each.code, "detail": each.detail, "grave": each.grave} for each in remarks]
        print_json({"schema": "kaigo-gateway/lint/1", "plugin": name, "remarks": rows})
    else:
        for each in remarks:
            mark = gettext("FAIL") if each.grave else gettext("WARN")
            text = fill(gettext(MESSAGES[each.code]), {"detail": each.detail})
            say(f"[{mark}] {text} ({each.code})")
        if not remarks:
            say(gettext("Nothing is missing."))
    finish("fail" if any(each.grave for each in remarks) else "ok")


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
