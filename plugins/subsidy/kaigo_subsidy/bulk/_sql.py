"""The rules of care offices as one query over the columns of a bulk file.

Whatever depends on texts (services, reader models) is judged by the single function's own code, once for
each distinct text, and joined; the query only does the arithmetic.
Reasons are flags in one number; each distinct number is turned into its text once.
"""

from __future__ import annotations

from typing import Final

REASONS: Final = {
    "AFTER_APPLICATION": "has_any AND after_application",
    "AMOUNT_ZERO": "reader_amount = 0 OR support_amount = 0 OR careplan_amount = 0",
    "APPLIED_TOO_EARLY": "too_early",
    "APPLIED_TOO_LATE": "too_late",
    "BEFORE_START": "has_any AND before_start",
    "CAREPLAN_BEFORE_BUNDLING": "before_bundling",
    "CAREPLAN_OTHER_SUPPORTER": "other_supporter",
    "CAREPLAN_SUPPORTER_NOT_STATED": "not_stated",
    "CAREPLAN_WITHOUT_PLATFORM": "no_platform",
    "NOTHING_CLAIMED": "NOT has_any",
    "NO_ELIGIBLE_SERVICE": "category = ''",
    "ONE_PART_REFUSED": "one_part AND $refuse_one_part",
    "QUANTITY_NOT_POSITIVE": "has_reader AND quantity < 1",
    "READER_COMPATIBILITY_NOT_STATED": "has_reader AND reader_compatible IS NULL",
    "READER_CONDITION_NOT_STATED": "has_reader AND reader_condition IS NULL",
    "READER_INCOMPATIBLE": "has_reader AND NOT reader_compatible",
    "READER_LEASED": "has_reader AND reader_condition = 'leased'",
    "READER_MODEL_MISSING": "has_reader AND coalesce(reader_model, '') = ''",
    "READER_OVER_LIMIT": "over_limit",
    "READER_USED": "has_reader AND reader_condition = 'used'",
    "TERMINAL_NOT_ELIGIBLE": "has_reader AND terminal",
}
"""Reason code to its condition; its place is its bit in ``flags``."""

_FLAGS: Final = " + ".join(
    f"CASE WHEN {condition} THEN {1 << bit} ELSE 0 END" for bit, condition in enumerate(REASONS.values())
)

JUDGED: Final = """
CREATE TEMP TABLE judged AS
WITH joined AS (
    SELECT o.*, coalesce(o.applied_on, $today) AS day, l.cap, l.readers, l.category,
        coalesce(m.terminal, false) AS terminal, coalesce(o.reader_quantity, 1) AS quantity
    FROM offices o
    JOIN limits l ON l.services IS NOT DISTINCT FROM o.services
    LEFT JOIN models m ON m.model = o.reader_model
),
lines AS (
    SELECT *,
        incurred_on > day AS after_application,
        incurred_on < $start AS before_start,
        NOT after_application AND NOT before_start AS in_time,
        reader_amount IS NOT NULL AS has_reader,
        support_amount IS NOT NULL AS has_support,
        careplan_amount IS NOT NULL AS has_careplan,
        has_reader OR has_support OR has_careplan AS has_any,
        coalesce(reader_amount > 0 AND in_time AND quantity >= 1 AND NOT terminal
            AND coalesce(reader_condition NOT IN ('used', 'leased'), true)
            AND coalesce(reader_compatible, true), false) AS reader_ok,
        coalesce(support_amount > 0 AND in_time, false) AS support_ok,
        has_careplan AND NOT support_ok AS no_platform,
        has_careplan AND support_ok AND (careplan_supporter IS NULL OR supporter IS NULL) AS not_stated,
        has_careplan AND support_ok AND coalesce(careplan_supporter <> supporter, false) AS other_supporter,
        has_careplan AND coalesce(incurred_on < $bundling, false) AS before_bundling,
        coalesce(careplan_amount > 0 AND in_time AND NOT before_bundling
            AND NOT no_platform AND NOT not_stated AND NOT other_supporter, false) AS careplan_ok
    FROM joined
),
counted AS (
    SELECT *,
        reader_ok AND quantity > readers AS over_limit,
        CASE WHEN over_limit THEN reader_amount * readers // quantity
            WHEN reader_ok THEN reader_amount ELSE 0 END AS reader_eligible,
        reader_eligible + CASE WHEN support_ok THEN support_amount ELSE 0 END
            + CASE WHEN careplan_ok THEN careplan_amount ELSE 0 END AS eligible_cost,
        coalesce(reader_amount, 0) + coalesce(support_amount, 0) + coalesce(careplan_amount, 0) AS total_cost,
        CASE WHEN coalesce(nonprofit, false) THEN 0 ELSE coalesce(donations, 0) END
            + coalesce(other_income, 0) AS income,
        (reader_eligible > 0) <> (eligible_cost > reader_eligible) AS one_part,
        day < $opens AS too_early,
        day > $closes AS too_late
    FROM lines
)
SELECT office_number, office_name, prefecture, category, coalesce(claimed, false) AS claimed,
    cap, readers AS reader_limit, total_cost, eligible_cost,
    CASE WHEN too_early OR too_late OR (one_part AND $refuse_one_part) THEN 0
        ELSE least(greatest(eligible_cost - income, 0), cap) // $unit * $unit END AS granted,
    greatest(total_cost - granted, 0) AS self_paid,
    CASE WHEN granted = 0 THEN 'ineligible'
        WHEN (has_reader AND (NOT reader_ok OR over_limit)) OR (has_support AND NOT support_ok)
            OR (has_careplan AND NOT careplan_ok) THEN 'partly'
        ELSE 'eligible' END AS verdict,
    @flags@ AS flags
FROM counted
""".replace("@flags@", _FLAGS)

TOLD: Final = "CREATE TEMP VIEW told AS SELECT * FROM judged JOIN texts USING (flags)"
"""The judged offices with their reasons as text, codes with spaces between them."""

BAD_ROW: Final = """
SELECT office_number FROM offices
WHERE office_number IS NULL OR NOT regexp_full_match(office_number, '[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}')
    OR incurred_on IS NULL OR least(coalesce(donations, 0), coalesce(other_income, 0),
        coalesce(reader_amount, 0), coalesce(support_amount, 0), coalesce(careplan_amount, 0),
        coalesce(reader_quantity, 0)) < 0
    OR coalesce(reader_condition, 'new') NOT IN ('new', 'used', 'leased')
LIMIT 1
"""

TWICE: Final = "SELECT office_number FROM offices GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1"

RESULT: Final = (
    "office_number, office_name, prefecture, category, claimed, verdict, cap, reader_limit, total_cost,"
    ' eligible_cost, granted AS "grant", self_paid, reasons'
)

GUARDED: Final = RESULT.replace(
    "office_name, prefecture",
    r"regexp_replace(office_name, '^([=+\-@\t\r])', '''\1') AS office_name,"
    r" regexp_replace(prefecture, '^([=+\-@\t\r])', '''\1') AS prefecture",
)
"""As RESULT, with text that a spreadsheet would run as a formula made plain by an apostrophe."""

BY_PREFECTURE: Final = """
SELECT coalesce(prefecture, '') AS prefecture, count(*) AS offices, sum(granted)::BIGINT AS "grant",
    count(*) FILTER (WHERE NOT claimed) AS unclaimed,
    coalesce(sum(granted) FILTER (WHERE NOT claimed), 0)::BIGINT AS unclaimed_grant
FROM judged GROUP BY 1 ORDER BY 1
"""

BY_CATEGORY: Final = """
SELECT category, count(*) AS offices, sum(granted)::BIGINT AS "grant" FROM judged GROUP BY 1 ORDER BY 1
"""

BY_VERDICT: Final = """
SELECT verdict, count(*) AS offices, sum(granted)::BIGINT AS "grant" FROM judged GROUP BY 1 ORDER BY 1
"""

BY_REASON: Final = """
SELECT reason, sum(offices)::BIGINT AS offices FROM (
    SELECT unnest(string_split(reasons, ' ')) AS reason, offices
    FROM texts JOIN (SELECT flags, count(*) AS offices FROM judged GROUP BY 1) USING (flags)
    WHERE reasons <> ''
) GROUP BY 1 ORDER BY 2 DESC, 1
"""

UNCLAIMED: Final = """
SELECT office_number, office_name, prefecture, granted AS "grant", verdict, reasons FROM told
WHERE NOT claimed AND granted > 0 ORDER BY granted DESC, office_number LIMIT $limit
"""
