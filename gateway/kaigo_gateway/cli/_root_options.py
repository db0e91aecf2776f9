"""Options of the program itself, which work wherever in the command line they are written."""

from __future__ import annotations

from itertools import islice
from typing import Final

_FLAGS: Final = ("--no-plugins", "--verbose")
_WITH_VALUE: Final = ("--lang",)


def root_options_first(arguments: list[str]) -> list[str]:
    """The arguments with the program's own options in front, as click wants them; behind ``--`` all stays.

    ``--no-plugins`` takes a name only with ``=``, so that a command may follow it.
    """
    mine: list[str] = []
    rest: list[str] = []
    queue = iter(arguments)
    for each in queue:
        name = each.partition("=")[0]
        if each == "--":
            rest += [each, *queue]
        elif name in _FLAGS:
            mine.append("--no-plugins=*" if each == "--no-plugins" else each)
        elif name in _WITH_VALUE:
            mine += [each] if "=" in each else [each, *islice(queue, 1)]
        else:
            rest.append(each)
    return [*mine, *rest]
