"""What is told of judged offices, as queries: every office, sums, and who has not claimed."""

from __future__ import annotations

from typing import Final

from kaigo_subsidy.bulk._sql import BITS

_SPELLED: Final = ", ".join(f"CASE WHEN flags & {bit} <> 0 THEN '{code}' END" for code, bit in BITS.items())
TEXTS: Final = f"""
CREATE TABLE spelled AS
SELECT flags, concat_ws(' ', {_SPELLED}) AS reasons FROM (SELECT DISTINCT flags FROM judged);
CREATE TYPE reasons AS ENUM (SELECT reasons FROM spelled);
CREATE TABLE texts AS SELECT flags, reasons::reasons AS reasons FROM spelled;
"""  # noqa: S608 - our own codes
"""Each combination of reasons that occurred, spelled once."""

RESULT: Final = (
    "office_number, office_name, prefecture, category, claimed, verdict, cap, reader_limit, total_cost,"
    ' eligible_cost, granted AS "grant", greatest(total_cost - granted, 0) AS self_paid, reasons'
)
OFFICES: Final = "FROM judged JOIN texts USING (flags) ORDER BY place"
"""In the order of the file, which joins do not keep."""

GUARDED: Final = RESULT.replace(
    "office_number, office_name, prefecture",
    'office_number AS "\ufeffoffice_number",'
    r" regexp_replace(office_name, '^([=+\-@\t\r])', '''\1') AS office_name,"
    r" regexp_replace(prefecture::VARCHAR, '^([=+\-@\t\r])', '''\1') AS prefecture",
)
"""As RESULT for spreadsheets: a byte-order mark in front, and text that would run as a formula made plain by
an apostrophe."""

GROUPS: Final = """
CREATE TABLE groups AS
SELECT prefecture, category, verdict, flags, count(*) AS offices, sum(granted)::BIGINT AS "grant",
    count(*) FILTER (NOT claimed) AS unclaimed,
    coalesce(sum(granted) FILTER (NOT claimed), 0)::BIGINT AS unclaimed_grant
FROM judged GROUP BY GROUPING SETS ((prefecture), (category), (verdict), (flags))
"""
"""One pass for all summaries: the key that a group was made by is the one that is not NULL."""

BY_REASON: Final = f"""
SELECT bit, sum(offices)::BIGINT AS offices FROM groups, range({len(BITS)}) places(bit)
WHERE flags >> bit & 1 = 1 GROUP BY bit
"""  # noqa: S608 - our own figure

UNCLAIMED: Final = """
WITH largest AS (
    SELECT * FROM judged WHERE NOT claimed AND granted > 0 ORDER BY granted DESC, office_number LIMIT $limit
)
SELECT office_number, office_name, prefecture, granted AS "grant", verdict, reasons
FROM largest JOIN texts USING (flags) ORDER BY granted DESC, office_number
"""
