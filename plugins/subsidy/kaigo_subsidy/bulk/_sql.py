"""The rules as queries over the columns of a bulk file.

Whatever depends on texts (services, kinds and beds, reader models) is judged by the single function's own
code, once for each distinct text, and joined; the queries only do the arithmetic. Reasons are bits of one
number; each distinct number is turned into its text once.

Two steps: ``lines`` reads the file once and keeps what the second step needs, JUDGED joins and counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kaigo_gateway.model.plainwords import OFFICE_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_subsidy.bulk._columns import Column

_ALWAYS: Final = {
    "AFTER_APPLICATION": "has_any AND after_application",
    "APPLIED_TOO_EARLY": "day < $opens",
    "APPLIED_TOO_LATE": "day > $closes",
    "BEFORE_START": "has_any AND before_start",
    "NOTHING_CLAIMED": "NOT has_any",
}
_OFFICE: Final = {
    **_ALWAYS,
    "AMOUNT_ZERO": "reader = 0 OR connection = 0 OR careplan = 0",
    "CAREPLAN_BEFORE_BUNDLING": "before_bundling",
    "CAREPLAN_OTHER_SUPPORTER": "other_supporter",
    "CAREPLAN_SUPPORTER_NOT_STATED": "not_stated",
    "CAREPLAN_WITHOUT_PLATFORM": "no_platform",
    "QUANTITY_NOT_POSITIVE": "has_reader AND quantity < 1",
    "READER_COMPATIBILITY_NOT_STATED": "has_reader AND reader_compatible IS NULL",
    "READER_CONDITION_NOT_STATED": "has_reader AND reader_condition IS NULL",
    "READER_INCOMPATIBLE": "has_reader AND incompatible",
    "READER_LEASED": "has_reader AND leased",
    "READER_MODEL_MISSING": "has_reader AND (reader_model IS NULL OR reader_model = '')",
    "READER_USED": "has_reader AND used",
}
_MEDICAL: Final = {**_ALWAYS, "AMOUNT_ZERO": "opinion = 0"}
_AFTERWARDS: Final = {
    "BELOW_UNIT": "pays AND lower > 0 AND granted = 0",
    "ONE_PART_REFUSED": "one_part AND $refuse_one_part",
    "READER_OVER_LIMIT": "over_limit",
    "TERMINAL_NOT_ELIGIBLE": "has_reader AND terminal",
}
_OF_SERVICES: Final = (
    "CLINIC_BEDS",
    "NO_ELIGIBLE_SERVICE",
    "SERVICE_COMPREHENSIVE",
    "SERVICE_NOT_LISTED",
    "SERVICE_READ_AS_CARE",
)
"""Told by the single function for a text of services (or kind and beds), not by a query."""

BITS: Final = {code: 1 << bit for bit, code in enumerate(sorted({*_OFFICE, *_AFTERWARDS, *_OF_SERVICES}))}


def _flags(conditions: Mapping[str, str]) -> str:
    """Conditions that are never NULL, as one number.

    Multiplied, not CASE, which takes three times as long; joined by |, not +, which looks for overflows.
    """
    return " | ".join(f"(({asked})::INTEGER * {BITS[code]})" for code, asked in conditions.items())


_OFFICE_JUDGED: Final = """
        coalesce(reader_quantity, 1) AS quantity,
        coalesce(reader_amount, -1) AS reader,
        coalesce(support_amount, -1) AS connection,
        coalesce(careplan_amount, -1) AS careplan,
        reader >= 0 AS has_reader,
        careplan >= 0 AS has_careplan,
        has_reader OR connection >= 0 OR has_careplan AS has_any,
        coalesce(NOT reader_compatible, false) AS incompatible,
        coalesce(reader_condition = 'used', false) AS used,
        coalesce(reader_condition = 'leased', false) AS leased,
        reader > 0 AND in_time AND quantity >= 1 AND NOT (incompatible OR used OR leased) AS reader_ok,
        connection > 0 AND in_time AS connection_ok,
        has_careplan AND NOT connection_ok AS no_platform,
        has_careplan AND connection_ok AND (careplan_supporter IS NULL OR supporter IS NULL) AS not_stated,
        has_careplan AND connection_ok
            AND coalesce(careplan_supporter <> supporter, false) AS other_supporter,
        has_careplan AND incurred_on < $bundling AS before_bundling,
        careplan > 0 AND in_time
            AND NOT (before_bundling OR no_platform OR not_stated OR other_supporter) AS careplan_ok"""
_OFFICE_KEPT: Final = """
    services AS asked, reader_model, quantity, has_reader,
    CASE WHEN reader_ok THEN reader ELSE 0 END AS reader,
    CASE WHEN connection_ok THEN connection ELSE 0 END + CASE WHEN careplan_ok THEN careplan ELSE 0 END
        AS support,
    greatest(reader, 0) + greatest(connection, 0) + greatest(careplan, 0) AS total_cost,
    (has_reader AND NOT reader_ok) OR (connection >= 0 AND NOT connection_ok)
        OR (has_careplan AND NOT careplan_ok) AS shut_out"""
_MEDICAL_JUDGED: Final = """
        coalesce(opinion_amount, -1) AS opinion,
        opinion >= 0 AS has_any,
        opinion > 0 AND in_time AS opinion_ok"""
_MEDICAL_KEPT: Final = """
    institution_kind || ' ' || coalesce(CAST(beds AS VARCHAR), '') AS asked,
    CAST(NULL AS VARCHAR) AS reader_model, 1 AS quantity, false AS has_reader, 0 AS reader,
    CASE WHEN opinion_ok THEN opinion ELSE 0 END AS support,
    greatest(opinion, 0) AS total_cost,
    has_any AND NOT opinion_ok AS shut_out"""

_LINES: Final = """
CREATE OR REPLACE TABLE lines AS
WITH typed AS (SELECT {casts}, {misread} AS misread FROM raw),
judged AS (
    SELECT *, coalesce(applied_on, $today) AS day,
        incurred_on > day AS after_application,
        incurred_on < $start AS before_start,
        NOT (after_application OR before_start) AS in_time,{judged}
    FROM typed
)
SELECT office_number, office_name,
    coalesce(nullif(prefecture, ''), left(office_number, 2)) AS prefecture,{kept},
    CASE WHEN $keep_income THEN 0 ELSE CASE WHEN nonprofit THEN 0 ELSE coalesce(donations, 0) END
        + coalesce(other_income, 0) END AS income,
    coalesce(claimed, false) AS claimed,
    day BETWEEN $opens AND $closes AS in_window,
    ({flags})::INTEGER AS flags,
    misread OR {bad} AS bad
FROM judged
"""

TYPES: Final = """
CREATE TYPE verdict AS ENUM ('eligible', 'partly', 'ineligible');
CREATE TYPE prefecture AS ENUM (SELECT DISTINCT prefecture FROM lines);
"""
"""Words that many offices share are kept as numbers: sorting and writing them takes half of the time."""

JUDGED: Final = f"""
CREATE TABLE judged AS
WITH joined AS (
    SELECT n.*, n.rowid AS place, l.cap, l.readers, l.category, l.numerator, l.denominator, l.told,
        coalesce(m.terminal, false) AS terminal
    FROM lines n
    LEFT JOIN limits l ON l.asked IS NOT DISTINCT FROM n.asked
    LEFT JOIN models m ON m.model = n.reader_model
),
counted AS (
    SELECT *,
        cap > 0 AND reader > 0 AND NOT terminal AND quantity > readers AS over_limit,
        CASE WHEN terminal OR cap = 0 THEN 0 WHEN over_limit THEN reader * readers // quantity ELSE reader END
            AS reader_eligible,
        CASE WHEN cap = 0 THEN 0 ELSE support END AS support_eligible,
        reader_eligible + support_eligible AS eligible_cost,
        (reader_eligible > 0) <> (support_eligible > 0) AS one_part,
        in_window AND NOT (one_part AND $refuse_one_part) AS pays,
        least(greatest(eligible_cost - income, 0) * numerator // denominator, cap) AS lower,
        CASE WHEN pays THEN lower // $unit * $unit ELSE 0 END AS granted
    FROM joined
)
SELECT place, office_number, office_name, prefecture::prefecture AS prefecture, category, claimed, cap,
    readers AS reader_limit, total_cost, eligible_cost, granted,
    CASE WHEN granted = 0 THEN 'ineligible'::verdict
        WHEN shut_out OR over_limit OR (has_reader AND terminal) THEN 'partly'::verdict
        ELSE 'eligible'::verdict END AS verdict,
    (flags | told | {_flags(_AFTERWARDS)})::INTEGER AS flags
FROM counted
"""  # noqa: S608 - our own column names

_NUMBER: Final = OFFICE_NUMBER.strip("^$")
MOST: Final = {"yen": 10**12, "count": 10**6, "beds": 10_000}
WORDS: Final = {"condition": ("new", "used", "leased"), "institution": ("hospital", "clinic")}


def lines(header: Iterable[str], loose: Iterable[str], wanted: Mapping[str, Column], *, office: bool) -> str:
    """The query of the first step. ``loose`` are number columns that are text or fractions in the file."""
    judged, kept, flags = (
        (_OFFICE_JUDGED, _OFFICE_KEPT, _OFFICE) if office else (_MEDICAL_JUDGED, _MEDICAL_KEPT, _MEDICAL)
    )
    present = set(header)
    casts = ", ".join(
        f"CAST({name if name in present else 'NULL'} AS {column.sql}) AS {name}"
        for name, column in wanted.items()
    )
    return _LINES.format(
        casts=casts, misread=_misread(loose), judged=judged, kept=kept, flags=_flags(flags), bad=_bad(wanted)
    )


def _misread(loose: Iterable[str]) -> str:
    """Whether the office number has another form, or a number is no row of digits.

    DuckDB would take 1.95E+04, what a spreadsheet leaves of 19,512, for 19500. One match for all of them.
    """
    found = ["office_number IS NULL", f"NOT regexp_full_match(office_number, '{_NUMBER}')"]
    if texts := ", ".join(loose):
        found.append(f"NOT regexp_full_match(concat({texts}), '[0-9]*')")
    return " OR ".join(found)


def _bad(wanted: Mapping[str, Column]) -> str:
    """What else the model of a claim would refuse; the careful reader then says what it is."""
    found = [f"{name} IS NULL" for name, column in wanted.items() if column.required and name != "services"]
    for name, column in wanted.items():
        if column.kind == "date":
            found.append(f"{name} < DATE '2000-01-01' OR {name} > DATE '2100-12-31'")
        elif (limit := MOST.get(column.kind)) is not None:
            found.append(f"{name} < 0 OR {name} > {limit}")
        elif (words := WORDS.get(column.kind)) is not None:
            found.append(f"{name} NOT IN ({', '.join(map(repr, words))})")
    if "beds" in wanted:
        found.append("(beds IS NULL AND institution_kind = 'hospital')")
    return f"coalesce({' OR '.join(found)}, false)"


CHECKED: Final = "SELECT count(*), count(*) FILTER (bad), count(DISTINCT office_number) FROM lines"
