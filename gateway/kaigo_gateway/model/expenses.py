"""Expense lines: what a grant claim is made of (contract: ``grant assess`` input, ``[[expenses]]``)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from kaigo_gateway.model._base import Model


class ExpenseKind(StrEnum):
    """Which cost it is: 一 カードリーダーの購入経費, 二 接続サポート等経費 (要綱 第3条), or other."""

    CARD_READER = "card_reader"
    CONNECTION_SUPPORT = "connection_support"
    CAREPLAN_SUPPORT = "careplan_support"
    OPINION_TRANSMISSION = "opinion_transmission"
    OTHER = "other"


class SupportItem(StrEnum):
    """The six items of 要綱 第3条第2号."""

    READER_CHECK = "reader_check"
    APP_SETUP = "app_setup"
    WEB_SERVICE_SETUP = "web_service_setup"
    USER_RIGHTS = "user_rights"
    CAREPLAN_LINK = "careplan_link"
    APPROVED_OTHER = "approved_other"


class Condition(StrEnum):
    """State of a bought thing; used and leased goods are outside the grant."""

    NEW = "new"
    USED = "used"
    LEASED = "leased"


class ExpenseLine(Model):
    """One line of cost. ``amount`` is int yen, tax included, for the whole line.

    ``key`` makes emission safe to repeat (one line per key and Setup); ``proof`` names the checks of the
    Setup that prove the work. Both are empty in a line that a person wrote into a site or claim file.
    """

    kind: ExpenseKind
    description: str = ""
    item: SupportItem | None = None
    model: str | None = None
    quantity: Annotated[StrictInt, Field(ge=-(10**6), le=10**6)] = 1
    amount: Annotated[StrictInt, Field(ge=-(10**12), le=10**12, description="yen, tax included, whole line")]
    incurred_on: date
    supporter: str | None = None
    condition: Condition | None = None
    compatible: StrictBool | None = None
    serials: tuple[str, ...] = ()
    key: str = ""
    proof: tuple[str, ...] = ()
