"""Setups, claims and papers to test with; everything in them is made up."""

from __future__ import annotations

from datetime import date

from kaigo_gateway.model.claims import Claim
from kaigo_gateway.model.descriptors import SetupView
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.results import Finding, Status
from kaigo_gateway.model.site import Site
from kaigo_subsidy.assessing import assess
from kaigo_subsidy.rules import find_rules

RULES = find_rules("kiban-office", 2026)
TODAY = date(2026, 11, 22)
SUPPORTER = "T1180301018771"
LINES = (
    {
        "kind": "card_reader",
        "description": "USBカードリーダー",
        "model": "CIR315A",
        "quantity": 3,
        "amount": 19500,
        "condition": "new",
        "compatible": True,
        "serials": ("A1", "A2", "A3"),
        "key": "card_reader.1",
        "proof": ("reader.exercise",),
    },
    {
        "kind": "connection_support",
        "item": "web_service_setup",
        "description": "接続サポート一式",
        "amount": 30000,
        "supporter": SUPPORTER,
        "key": "platform_link.web_service_setup.1",
        "proof": ("platform.connection",),
    },
    {
        "kind": "careplan_support",
        "item": "careplan_link",
        "description": "初期設定支援",
        "amount": 13200,
        "supporter": SUPPORTER,
        "key": "careplan_link.careplan_link.2",
        "proof": ("careplan.bundle",),
    },
    {"kind": "other", "description": "送料", "amount": 880, "key": "other.3"},
)


def lines(*given):
    return [{"incurred_on": "2026-06-01", **line} for line in (given or LINES)]


def claim(*given, services=("11",), **more):
    office = {"number": "1370000001", "name": "さくら訪問介護ステーション", "services": services}
    data = {"programme": "kiban-office", "fiscal_year": 2026, "applied_on": TODAY, "office": office, **more}
    return Claim.model_validate({**data, "expenses": lines(*given)})


def site(**office):
    return Site.model_validate(
        {
            "office": {
                "number": "1370000001",
                "name": "さくら訪問介護ステーション",
                "services": ["11", "15"],
                **office,
            },
            "supporter": {
                "name": "株式会社例示サポート",
                "registration_number": SUPPORTER,
                "engineer": "支援 太郎",
            },
        }
    )


def results():
    bundle = {"bundled": True, "rule": "要綱 第3条第2号(5)", "certificate_sha256": "cd" * 32}
    return {
        "reader.exercise": (Finding(status=Status.OK, reason_code="READER_EXERCISED", subject="ACS 1"),),
        "platform.connection": (Finding(status=Status.WARN, reason_code="TLS_OLD"),),
        "careplan.bundle": (Finding(status=Status.OK, reason_code="CAREPLAN_BUNDLED", evidence=bundle),),
    }


def view(*given, simulated=False, office=None, **more):
    expenses = tuple(ExpenseLine.model_validate(line) for line in lines(*given))
    values = {
        "id": "20261122-ABCDEF",
        "site": site(**(office or {})),
        "simulated": simulated,
        "today": TODAY,
        "results": results(),
        "expenses": expenses,
        "head_hash": "ab" * 32,
        "sealed": True,
        "created_at": "2026-11-22T10:00:00+09:00",
        "titles": {"reader.exercise": ("Card reader exercised", "kaigo_card_reader")},
    }
    return SetupView(**{**values, **more})


def assessed(setup):
    data = claim(services=setup.site.office.services).model_copy(update={"expenses": tuple(setup.expenses)})
    return assess(data, RULES)
