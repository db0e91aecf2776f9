"""Opening a Gateway from the command line: the user's settings, the options of the root command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kaigo_gateway.cli import without_plugins
from kaigo_gateway.i18n import gettext

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic import SecretStr

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.settings import Settings


def open_gateway(ctx: click.Context, settings_file: Path | None = None) -> Gateway:
    """A Gateway (not yet entered) that asks for the vault's passphrase on a terminal if none is set.

    ``settings_file`` stands in for the user's own settings file.
    """
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.settings import load_settings

    settings = load_settings(settings_file)
    return Gateway(settings, without=without_plugins(ctx), passphrase=_asker(settings))


def _asker(settings: Settings) -> Callable[[], SecretStr] | None:
    named = settings.vault.passphrase is not None or settings.vault.keyring
    if named or not sys.stdin.isatty():
        return None

    def ask() -> SecretStr:
        from pydantic import SecretStr

        new = not settings.vault.folder.exists()
        prompt = gettext("New passphrase for the vault") if new else gettext("Passphrase of the vault")
        return SecretStr(click.prompt(prompt, hide_input=True, confirmation_prompt=new, err=True))

    return ask
