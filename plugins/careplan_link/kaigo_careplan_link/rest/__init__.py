"""``kaigo-gateway careplan …`` over REST, below ``/api/v1/plugins/careplan_link``.

Files come as multipart forms, are streamed to disk and removed again with the answer; the answers are made in
threads and never name our folders.
"""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_
from kaigo_gateway.web import Operation, Part, Role

from kaigo_careplan_link.rest._checks import check, readiness
from kaigo_careplan_link.rest._models import CareplanDocument, RecordsQuery, RulesQuery, SampleQuery
from kaigo_careplan_link.rest._read import records, rule, rules
from kaigo_careplan_link.rest._written import fix, sample

_FILE: Final = Part("file", file=True, required=True, says=N_("files or a ZIP of a sending; may be repeated"))
_TAG: Final = N_("CarePlan files")
OPERATIONS: Final = (
    Operation(
        "POST", "/checks", check, N_("Check CarePlan files with a profile and changed rules"), _TAG,
        CareplanDocument, role=Role.SUPPORTER,
        parts=(
            _FILE, Part("profile", says=N_("lenient, standard or strict")),
            Part("rules", says=N_("CODE=SEVERITY, separated by commas")),
            Part("setup_id", says=N_("a Setup whose site file gives profile and rules to begin with")),
            Part("show_values", says=N_("true: values of personal fields stand in the answer")),
        ),
        problems=("SETUP_UNKNOWN",),
    ),
    Operation(
        "POST", "/fixes", fix, N_("Mended copies of CarePlan files with every change listed, as a ZIP"), _TAG,
        "application/zip", role=Role.SUPPORTER,
        parts=(_FILE, Part("replace_characters", says=N_("true: also what MS932 does not have"))),
        problems=("COULD_NOT_RUN",),
    ),
    Operation(
        "POST", "/readiness", readiness, N_("Judge past sendings for January 2027"), _TAG, CareplanDocument,
        role=Role.SUPPORTER, parts=(_FILE,),
    ),
    Operation(
        "POST", "/records", records, N_("The records of CarePlan files as JSON lines (personal data)"), _TAG,
        "application/x-ndjson", role=Role.SUPPORTER, parts=(_FILE,), query=RecordsQuery,
    ),
    Operation(
        "GET", "/rules", rules, N_("All rules of the CarePlan file standard"), _TAG, CareplanDocument,
        query=RulesQuery,
    ),
    Operation(
        "GET", "/rules/{code}", rule, N_("One rule: why, an example, what to do"), _TAG, CareplanDocument,
        query=RulesQuery,
    ),
    Operation(
        "GET", "/sample.zip", sample, N_("A correct sample sending with invented people"), _TAG,
        "application/zip", query=SampleQuery, problems=("INPUT_ERROR", "NOT_FOUND"),
    ),
)  # fmt: skip
