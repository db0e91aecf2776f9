"""Expense records as data: CSV for people and care software, JSON with a schema."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

from kaigo_subsidy.papers._facts import BLOCKS

if TYPE_CHECKING:
    from kaigo_subsidy.papers._facts import Facts, Row

RECORD_SCHEMA: Final = "kaigo-gateway/expense-record/1"
HEADER: Final = (
    "番号",
    "申請区分",
    "経費の種類",
    "項目",
    "内容",
    "型番",
    "数量",
    "金額（税込・円）",
    "実施日",
    "導入支援事業者",
    "状態",
    "アプリ対応",
    "製造番号",
    "助成対象額（円）",
    "理由コード",
    "根拠（確認）",
    "事業所番号",
    "事業所名",
    "記録番号",
)
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


def guarded(value: str) -> str:
    """Text that a spreadsheet will not run as a formula: an apostrophe before a dangerous first character."""
    return f"'{value}" if value.startswith(_DANGEROUS) else value


def csv_text(facts: Facts) -> str:
    """The records, CRLF line ends; a simulated Setup is marked in the first line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if facts.mark:
        writer.writerow([facts.mark])
    writer.writerow(HEADER)
    for row in facts.rows:
        writer.writerow([guarded(v) if isinstance(v, str) else v for v in _cells(facts, row)])
    return out.getvalue()


def csv_utf8(facts: Facts) -> bytes:
    """UTF-8 with byte-order mark: spreadsheets open it by a double click."""
    return csv_text(facts).encode("utf-8-sig")


def _cells(facts: Facts, row: Row) -> list[str | int]:
    line, office = row.line, facts.view.site.office
    return [
        row.number,
        BLOCKS[row.block],
        row.kind,
        row.item,
        line.description,
        line.model or "",
        line.quantity,
        line.amount,
        line.incurred_on.isoformat(),
        line.supporter or "",
        row.condition,
        {True: "対応", False: "非対応", None: ""}[line.compatible],
        " ".join(line.serials),
        "" if row.eligible is None else row.eligible,
        " ".join(code for code, _ in row.reasons),
        " ".join(line.proof),
        office.number,
        office.name,
        facts.view.id,
    ]


def record_document(facts: Facts) -> dict[str, Any]:
    """The records as one JSON object (schema ``kaigo-gateway/expense-record/1``)."""
    view, site = facts.view, facts.view.site
    return {
        "schema": RECORD_SCHEMA,
        "simulated": view.simulated,
        "mark": facts.mark,
        "setup": {
            "id": view.id,
            "created_at": view.created_at,
            "sealed": view.sealed,
            "head_hash": view.head_hash,
        },
        "office": {
            "number": site.office.number,
            "name": site.office.name,
            "services": list(site.office.services),
        },
        "supporter": {"name": site.supporter.name, "registration_number": site.supporter.registration_number},
        "programme": site.programme,
        "lines": [_line(row) for row in facts.rows],
        "totals": {
            "readers": facts.readers,
            "reader_amount": facts.amount("A"),
            "support_amount": facts.amount("B"),
            "outside_amount": facts.amount("X"),
            "total": sum(row.line.amount for row in facts.rows),
        },
    }


def _line(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "block": row.block,
        **row.line.model_dump(mode="json"),
        "eligible_amount": row.eligible,
        "reasons": [{"code": code, "message": message} for code, message in row.reasons],
    }


def json_bytes(document: dict[str, Any]) -> bytes:
    """A JSON file for people and programs: UTF-8, indented, keys as they are."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def assessment_document(facts: Facts) -> dict[str, Any]:
    """The assessment with the mark of a simulated Setup; without assessment only Setup and mark."""
    assessment = facts.assessment.document() if facts.assessment else None
    return {
        "schema": "kaigo-gateway/setup-assessment/1",
        "simulated": facts.view.simulated,
        "mark": facts.mark,
        "setup": {"id": facts.view.id, "head_hash": facts.view.head_hash, "sealed": facts.view.sealed},
        "office": facts.view.site.office.number,
        "assessment": assessment,
    }
