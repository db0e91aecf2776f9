"""A support centre's list of endpoints: one URL per line, with a name behind it if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError, all_of
from kaigo_gateway.i18n import N_
from kaigo_gateway.probe._target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_EXAMPLE: Final = N_("It must be UTF-8 text with one https:// address per line.")
_SHOWN: Final = 20
"""Mistakes that are told at once; a file of another kind would have one in each line."""


def read_targets(file: Path, *, tls13_only: bool = True) -> Iterator[Target]:
    """Targets of a text file (UTF-8, or MS932 as Excel writes it), one by one as they are asked for.

    Each line is ``https://host:port/path`` and, after blanks, a name to show; empty lines and lines
    that begin with ``#`` are left out. Raises :class:`InputError` naming file and line.
    """
    for number, text in _lines(file):
        yield _target(file, number, text, tls13_only=tls13_only)


def count_targets(file: Path) -> int:
    """How many targets the file has; one :class:`InputError` for all mistakes, or if it has none."""
    count, mistakes = 0, []
    for number, text in _lines(file):
        try:
            _target(file, number, text, tls13_only=True)
            count += 1
        except InputError as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise all_of(mistakes[:_SHOWN], lambda mistake: mistake)
    if not count:
        raise InputError(N_("The list of targets {path} names none."), _EXAMPLE, path=file)
    return count


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                text = _text(line).strip()
                if text and not text.startswith("#"):
                    yield number, text
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or N_("it is not UTF-8 text")
        raise InputError(
            N_("The list of targets {path} cannot be read: {why}."), _EXAMPLE, path=file, why=why
        ) from None


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in line or line.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
            raise
        return line.decode("cp932")


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
