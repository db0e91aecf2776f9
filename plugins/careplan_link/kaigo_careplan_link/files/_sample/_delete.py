"""Samples of the delete files (all items mandatory)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaigo_careplan_link.files._sample._order import Order, Tables

_KINDS = {
    "home-3": ("DLT1KYO", "plan_made_on"),
    "home-4": ("DLTPLAN", "deleted_month"),
    "service-2": ("DLTJSK", "deleted_month"),
    "prevention-5": ("DLTKIHON", "consulted_on"),
    "prevention-6": ("DLTYOBO", "plan_made_on"),
}


def tables(unit: str, order: Order) -> Tables:
    """The one delete file of ``unit``."""
    kind, key = _KINDS[unit]
    what = {key: order.month if key == "deleted_month" else order.first_day}
    if kind == "DLTJSK":
        what |= {"service_office": order.sender, "service_type": order.sender_service}
    return {kind: (order.month, [order.keys(person) | what for person in order.users()])}
