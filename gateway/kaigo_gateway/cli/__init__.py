"""The command line. Every command is imported only when it is used."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final, NoReturn

import click
from kaigo_certs import forbid_core_dumps

from kaigo_gateway.cli._plugin_commands import plugin_commands
from kaigo_gateway.cli._root_options import root_options_first
from kaigo_gateway.cli.language import chosen_language
from kaigo_gateway.cli.localise import first_sentence, localise, speak
from kaigo_gateway.cli.toolkit import note, prepare_streams
from kaigo_gateway.errors import GatewayError
from kaigo_gateway.i18n import N_, current_language, gettext, use_language
from kaigo_gateway.model.reasons import fill

_COMMANDS: Final = {
    "demo": (N_("Run the whole job against simulated counterparts."), "demo:demo"),
    "setup": (N_("Run the whole job at a real site, or look at past Setups."), "setup:setup"),
    "cert": (N_("Client certificates: inspect, install, list, verify, remove."), "cert:cert"),
    "check": (N_("Check the platform or the CarePlan link of a site."), "check:check"),
    "serve": (N_("Start the local page and REST service."), "serve:serve"),
    "service": (N_("Install the local service to start with the machine."), "service:service"),
    "plugins": (N_("List, create and check plugins."), "plugins:plugins"),
    "ledger": (N_("Verify the ledger's chain of records; tell a server what happened."), "ledger:ledger"),
    "doctor": (N_("Check this installation itself."), "doctor:doctor"),
}


class RootGroup(click.Group):
    """Knows its own commands by name only, and asks plugins for theirs when they are wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The core's commands, then those of plugins."""
        return [*_COMMANDS, *sorted(set(_plugin_commands(ctx)) - set(_COMMANDS))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is about to run."""
        if cmd_name in _COMMANDS:
            module, attribute = _COMMANDS[cmd_name][1].split(":")
            loaded = importlib.import_module(f"kaigo_gateway.cli.{module}")
            command: click.Command = getattr(loaded, attribute)
            return localise(command)
        return _plugin_commands(ctx).get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List names and summaries without importing the core's commands."""
        rows = [(name, first_sentence(gettext(summary))) for name, (summary, _) in _COMMANDS.items()]
        extra = _plugin_commands(ctx)
        rows += [(name, extra[name].short_help or "") for name in sorted(set(extra) - set(_COMMANDS))]
        with formatter.section(gettext("Commands")):
            formatter.write_dl(rows)


def _plugin_commands(ctx: click.Context) -> dict[str, click.Command]:
    root = ctx.find_root()
    if "plugin_commands" not in root.meta:
        root.meta["plugin_commands"] = plugin_commands(without_plugins(root))
    found: dict[str, click.Command] = root.meta["plugin_commands"]
    return found


def without_plugins(ctx: click.Context) -> tuple[str, ...]:
    """The names given with ``--no-plugins`` (``*`` for all)."""
    given = ctx.find_root().params.get("no_plugins")
    return tuple(name.strip() for name in given.split(",") if name.strip()) if given else ()


@click.group(
    cls=RootGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("--lang", type=click.Choice(["ja", "en"]), help=N_("Language of everything shown."))
@click.option(
    "--no-plugins",
    is_flag=False,
    flag_value="*",
    metavar="[NAME,...]",
    help=N_("Do not import plugins (all, or those named with --no-plugins=NAME)."),
)
@click.option("--verbose", is_flag=True, help=N_("Write a log to standard error."))
@click.version_option(
    package_name="kaigo-gateway", prog_name="kaigo-gateway", help=N_("Show the version and exit.")
)
@click.pass_context
def root(ctx: click.Context, lang: str | None, no_plugins: str | None, *, verbose: bool) -> None:
    """Connect a care office to the care information platform, prove it, and record the cost."""
    del no_plugins
    ctx.with_resource(use_language(lang or current_language()))
    configure_logging(verbose=verbose)


def configure_logging(*, verbose: bool) -> None:
    """Only the command line configures logging; a product that embeds the gateway does its own."""
    import logging

    import structlog

    level = logging.DEBUG if verbose else logging.ERROR
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command line; every expected trouble ends as one sentence and an exit code."""
    if "KAIGO_CERTS_SERVE_AS_WORKER" in os.environ:  # a frozen product starts itself to read a certificate
        from kaigo_certs import serve_as_worker

        serve_as_worker()
    forbid_core_dumps()  # passwords and keys pass through these commands, and through what they start
    prepare_streams()
    given = root_options_first(sys.argv[1:] if arguments is None else arguments)
    chosen = chosen_language(given)
    with use_language(chosen):
        speak(chosen)
        localise(root)
        try:
            code = root.main(args=given, prog_name="kaigo-gateway", standalone_mode=False)
        except GatewayError as error:
            for sentence in error.sentences():
                note(fill(gettext("[ERROR] {text}"), {"text": sentence}))
            raise SystemExit(error.exit_code) from None
        except click.ClickException as error:
            error.show()
            raise SystemExit(error.exit_code) from None
        except (KeyboardInterrupt, click.Abort):
            note(gettext("Interrupted. What was recorded stays; `--resume` carries on."))
            raise SystemExit(3) from None
        except BrokenPipeError:  # the reader of our output has gone, as with `| head`
            _silence_stdout()
            raise SystemExit(3) from None
        except Exception as error:
            if "--verbose" in given:
                raise
            values = {"name": type(error).__name__, "detail": " ".join(str(error).split())[:300]}
            note(fill(gettext(_OUR_MISTAKE), values))
            raise SystemExit(3) from None
        raise SystemExit(code if isinstance(code, int) else 0)


_OUR_MISTAKE: Final = N_(
    "[ERROR] kaigo-gateway itself failed: {name} ({detail}). What was recorded stays. Please report it with"
    " the output of the same command with --verbose."
)


def _silence_stdout() -> None:
    """Keep the interpreter from failing once more over the closed pipe when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
