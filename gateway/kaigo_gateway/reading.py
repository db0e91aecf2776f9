"""Reading what people write: TOML files, with the place of a mistake."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.plainwords import in_plain_words
from kaigo_gateway.phrases import toml_mistake

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import ValidationError


def unreadable(path: Path, error: OSError) -> InputError:
    """What to say of a file that the system does not let us read."""
    return InputError(
        N_("{path} cannot be read: {why}."),
        N_("Check the path and the rights."),
        path=path,
        why=error.strerror or type(error).__name__,
    )


def read_bytes(path: Path) -> bytes:
    """A whole file. Raises :class:`InputError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None


def read_text(path: Path) -> str:
    """A UTF-8 text file (a byte-order mark is fine). Raises :class:`InputError`."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            N_("{path} is not UTF-8 text (byte {offset})."),
            N_("Save the file as UTF-8; on a Japanese Windows choose UTF-8 when saving."),
            path=path,
            offset=error.start,
        ) from None


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary. Raises :class:`InputError` with line and column of a mistake."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            N_("{path} is not valid TOML: {why}."),
            N_('Correct that line; text needs quotation marks, as in name = "...".'),
            path=path,
            why=toml_mistake(error),
        ) from None
    except RecursionError:  # no file that a person writes
        raise InputError(
            N_("{path} is nested too deeply."), N_("Start again from `kaigo-gateway setup new`."), path=path
        ) from None


def places_of(error: ValidationError) -> list[tuple[str, str]]:
    """Place (``office.number``) and reason of a model's mistakes; never a value itself.

    One for each place, and none for a list or table whose parts are named already.
    """
    found: dict[str, str] = {}
    for each in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in each["loc"]) or N_("(top level)")
        if not any(known == place or known.startswith(f"{place}.") for known in found):
            found[place] = in_plain_words(each["type"], each["msg"], each.get("ctx", {}))
    return list(found.items())
