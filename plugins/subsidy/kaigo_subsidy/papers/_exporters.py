"""The exporters that this plugin contributes, in the order people need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaigo_gateway.i18n import N_
from kaigo_gateway.model.descriptors import Exporter, SetupView

from kaigo_subsidy.papers._facts import facts_of
from kaigo_subsidy.papers._pages import page
from kaigo_subsidy.papers._records import assessment_document, csv_utf8, json_bytes, record_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaigo_gateway.model.claims import Assessment

    from kaigo_subsidy.papers._facts import Facts


def _from_facts(make: Callable[[Facts], bytes]) -> Callable[[SetupView, Assessment | None], bytes]:
    def render(view: SetupView, assessment: Assessment | None) -> bytes:
        return make(facts_of(view, assessment))

    return render


def exporters() -> list[Exporter]:
    """All exporters; ``default`` ones are written without being asked for."""
    return [
        Exporter(
            name="claim-summary",
            title=N_("Claim summary (HTML, prints on A4)"),
            filename="claim-summary.html",
            media_type="text/html",
            render=_from_facts(lambda facts: page("claim_summary.html", facts)),
            order=10,
        ),
        Exporter(
            name="expenses-csv",
            title=N_("Expense records (CSV, UTF-8 with mark)"),
            filename="expenses.csv",
            media_type="text/csv",
            render=_from_facts(csv_utf8),
            order=20,
        ),
        Exporter(
            name="expenses-json",
            title=N_("Expense records (JSON)"),
            filename="expenses.json",
            media_type="application/json",
            render=_from_facts(lambda facts: json_bytes(record_document(facts))),
            order=30,
        ),
        Exporter(
            name="assessment-json",
            title=N_("Assessment (JSON)"),
            filename="assessment.json",
            media_type="application/json",
            render=_from_facts(lambda facts: json_bytes(assessment_document(facts))),
            order=40,
        ),
    ]
