"""A support centre's list of endpoints: one URL per line, with a name behind it if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.probe._target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_targets(file: Path, *, tls13_only: bool = True) -> Iterator[Target]:
    """Targets of a text file (UTF-8), one by one as they are asked for.

    Each line is ``https://host:port/path`` and, after blanks, a name to show; empty lines and lines
    that begin with ``#`` are left out. Raises :class:`InputError` naming file and line.
    """
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                text = line.strip()
                if text and not text.startswith("#"):
                    yield _target(file, number, text, tls13_only=tls13_only)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            N_("The list of targets {path} cannot be read: {why}."),
            N_("It must be UTF-8 text with one https:// address per line."),
            path=file,
            why=getattr(error, "strerror", None) or type(error).__name__,
        ) from None


def _target(file: Path, number: int, text: str, *, tls13_only: bool) -> Target:
    url, _, name = text.partition(" ")
    try:
        return Target.parse(url, name=name.strip() or url, tls13_only=tls13_only)
    except InputError:
        raise InputError(
            N_("{path}, line {line}: {url} is not an https:// address."),
            N_("Write one address per line, and a name after a blank if you like."),
            path=file,
            line=number,
            url=url,
        ) from None
