"""Errors that reach a user: one clear sentence with place and remedy, in both languages, and an exit code."""

from __future__ import annotations

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.model.shown import shown


class GatewayError(Exception):
    """Base of all errors meant for a person.

    ``message`` and ``remedy`` are message ids of ``domain``'s catalogue, filled with ``values``. The text of
    the exception itself is the English sentence; show :meth:`text` to people.
    """

    exit_code = 3
    code = "GATEWAY_ERROR"

    def __init__(
        self, message: str, remedy: str = "", *, domain: str = "kaigo_gateway", **values: object
    ) -> None:
        super().__init__(fill(message, values))
        self.message, self.remedy, self.domain, self.values = message, remedy, domain, values

    def text(self, language: str | None = None) -> str:
        """The sentence, and the remedy where there is one, in ``language``."""
        parts = [translate(part, self.domain, language) for part in (self.message, self.remedy) if part]
        values = shown(self.values, self.domain, language)
        return " ".join(fill(part, values) for part in parts).replace("。 ", "。")


class InputError(GatewayError):
    """Wrong use or unreadable input: nothing was begun. Exit code 2."""

    exit_code = 2
    code = "INPUT_ERROR"


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
