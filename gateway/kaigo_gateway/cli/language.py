"""The language of the command line, found before anything heavy is imported.

In this order: ``--lang``, ``KAIGO_GATEWAY_LANGUAGE``, ``language`` in the settings file, the system.
"""

from __future__ import annotations

import os

from kaigo_gateway.i18n import LANGUAGES, system_language


def chosen_language(arguments: list[str]) -> str:
    """The language for this run of the command line."""
    for candidate in (_option(arguments), os.environ.get("KAIGO_GATEWAY_LANGUAGE"), _from_file()):
        if candidate in LANGUAGES:
            return str(candidate)
    return system_language()


def _option(arguments: list[str]) -> str | None:
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def _from_file() -> str | None:
    """The settings file's word; a file that cannot be read is reported by whoever needs it."""
    named = os.environ.get("KAIGO_GATEWAY_CONFIG")
    if named is None:
        import platformdirs

        folder = platformdirs.user_config_dir("kaigo-gateway", appauthor=False)
        named = os.path.join(folder, "kaigo-gateway.toml")  # noqa: PTH118 - every import here delays --help
    if not os.path.exists(named):  # noqa: PTH110 - as above
        return None
    import tomllib

    try:
        with open(named, "rb") as source:  # noqa: PTH123 - as above
            language = tomllib.load(source).get("language")
    except (OSError, ValueError):
        return None
    return language if isinstance(language, str) else None
