"""A report as one HTML file: readable anywhere, printable on A4, nothing loaded from outside."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader

from kaigo_gateway.i18n import current_language, translate
from kaigo_gateway.model.reasons import fill
from kaigo_gateway.model.results import STAGES
from kaigo_gateway.report.console import AMOUNTS, SIMULATED
from kaigo_gateway.report.wording import ACTORS, PHASES, STAGE_TITLES, STATUS_WORDS, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_gateway.report.model import Report, Result


def grouped(results: Iterable[Result]) -> list[list[Result]]:
    """The results check by check, in their order."""
    return [list(group) for _, group in groupby(results, key=lambda result: result.check_id)]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kaigo_gateway.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        stages=STAGES, stage_titles=STAGE_TITLES, words=STATUS_WORDS, verdicts=VERDICTS, actors=ACTORS,
        amounts=AMOUNTS, phase_words=PHASES, grouped=grouped, simulated_text=SIMULATED,
    )  # fmt: skip
    return environment


def render_html(report: Report, language: str | None = None) -> str:
    """The report as a complete HTML document in ``language``."""
    chosen = language or current_language()

    def say(message: str, **values: object) -> str:
        return fill(translate(message, language=chosen), values)

    return _environment().get_template("report.html").render(report=report, language=chosen, _=say)
