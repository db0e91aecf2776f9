"""Corrections of expense records by reversing entries (赤黒): nothing that was written is ever changed.

The ledger is the core's; these functions say which entries a correction needs and what the entries add up to.
An entry is ``("black" or "red", line)``; a red line repeats a black one with its amount negated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_gateway.model.expenses import ExpenseLine

Colour = Literal["black", "red"]


def reversal(line: ExpenseLine) -> ExpenseLine:
    """The red entry that takes a line back."""
    return line.model_copy(update={"amount": -line.amount})


def correction(old: ExpenseLine | None, new: ExpenseLine | None) -> list[tuple[Colour, ExpenseLine]]:
    """The entries that bring a record from ``old`` to ``new`` (None: no such line); none if equal."""
    if old == new:
        return []
    entries: list[tuple[Colour, ExpenseLine]] = []
    if old is not None:
        entries.append(("red", reversal(old)))
    if new is not None:
        entries.append(("black", new))
    return entries


def net(entries: Iterable[tuple[Colour, ExpenseLine]]) -> list[ExpenseLine]:
    """The lines that hold after all entries, in the order in which they came to hold.

    Raises :class:`InputError` for a red entry that takes back what was not there, or a second black entry
    of one key.
    """
    holding: dict[str, ExpenseLine] = {}
    for number, (colour, line) in enumerate(entries, 1):
        present = holding.get(line.key)
        if colour == "black" and present is None:
            holding[line.key] = line
        elif colour == "red" and present is not None and reversal(present) == line:
            del holding[line.key]
        else:
            raise InputError(
                N_("Entry {number} of the expense records ({colour}, {key}) does not fit those before it."),
                N_("Correct a record by its reversal first, then the new entry."),
                domain="kaigo_subsidy",
                number=number,
                colour=colour,
                key=line.key,
            )
    return list(holding.values())
