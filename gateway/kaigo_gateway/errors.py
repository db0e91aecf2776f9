"""Errors that reach a user: one clear sentence with place and remedy, in both languages, and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.model.shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeVar

    T = TypeVar("T")
    E = TypeVar("E", bound="GatewayError")


class GatewayError(Exception):
    """Base of all errors meant for a person.

    ``message`` and ``remedy`` are message ids of ``domain``'s catalogue, filled with ``values``. The text of
    the exception itself is the English sentence; show :meth:`text` to people.
    """

    exit_code = 3
    code = "GATEWAY_ERROR"
    others: tuple[GatewayError, ...] = ()
    """More of the same kind, found at the same time: the other mistakes of a file."""
    further: tuple[str, ...] = ()
    """Message ids of remedies after the first."""

    def __init__(
        self, message: str, remedy: str = "", *, domain: str = "kaigo_gateway", **values: object
    ) -> None:
        super().__init__(fill(message, values))
        self.message, self.remedy, self.domain, self.values = message, remedy, domain, values

    def text(self, language: str | None = None) -> str:
        """The sentence, and the remedies where there are any, in ``language``."""
        return self._said((self.message, self.remedy, *self.further), language)

    def sentence(self, language: str | None = None) -> str:
        """The sentence without its remedy."""
        return self._said((self.message,), language)

    def sentences(self, language: str | None = None) -> list[str]:
        """A sentence for each thing that is wrong, with its remedy; one remedy for all follows the last."""
        *before, last = (self, *self.others)
        alike = all(each.remedy == last.remedy for each in before)
        said = (each.sentence(language) if alike else each.text(language) for each in before)
        return [*said, last.text(language)]

    def _said(self, parts: Iterable[str], language: str | None) -> str:
        values = shown(self.values, self.domain, language)
        said = (fill(translate(part, self.domain, language), values) for part in parts if part)
        return " ".join(said).replace("。 ", "。")


class InputError(GatewayError):
    """Wrong use or unreadable input: nothing was begun. Exit code 2."""

    exit_code = 2
    code = "INPUT_ERROR"


def all_of(mistakes: Sequence[T], make: Callable[[T], E]) -> E:
    """One error for all mistakes that were found: the first, with the others behind it."""
    first, *others = (make(each) for each in mistakes)
    first.others = tuple(others)
    return first


class CouldNotRun(GatewayError):
    """The check itself could not run (port in use, folder not writable, disk full). Exit code 3."""

    exit_code = 3
    code = "COULD_NOT_RUN"


class NotInstalled(CouldNotRun):
    """An optional part is not installed; says which and how to get it. Exit code 3."""

    code = "NOT_INSTALLED"

    def __init__(self, what: str, how: str) -> None:
        super().__init__(N_("Not installed: {what}."), N_("To get it: {how}"), what=what, how=how)
        self.what, self.how = what, how
