"""Correct sample sendings with invented people only, one per unit of the standard."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.files._sample._order import Order
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._write import file_name, render, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DOMAIN = "kaigo_careplan_link"
_TABLES = {
    "home-1": "_home",
    "home-2": "_home",
    "home-3": "_delete",
    "home-4": "_delete",
    "service-1": "_home",
    "service-2": "_delete",
    "prevention-1": "_prevention",
    "prevention-2": "_prevention",
    "prevention-3": "_prevention",
    "prevention-5": "_delete",
    "prevention-6": "_delete",
}


def unit_names() -> tuple[str, ...]:
    """Names of the units that :func:`write_sample` can write."""
    return tuple(_TABLES)


def write_sample(  # noqa: PLR0913 - the parts of the printed name rule
    folder: Path,
    *,
    sender: str,
    sender_service: str,
    receiver: str,
    receiver_service: str,
    month: str,
    stamp: str | datetime,
    unit: str = "home-2",
    people: int = 2,
) -> list[Path]:
    """Write one correct sending unit of 4.1 with invented people into ``folder`` and answer its files.

    ``sender`` and ``receiver`` are 10-character office numbers, the services 2-character types, ``month`` the
    service month YYYYMM (not before 202504), ``stamp`` the serial (14 digits or a datetime), ``people`` the
    number of invented users (1 to 99). Plans go from care manager to service office, results the other way:
    the sender of ``service-1`` is the service office. The service items in the rows follow the pattern of
    サービスコード; they are not taken from the official service code table. Raises ``InputError`` for a part
    that the name rule does not allow and ``CouldNotRun`` when the folder cannot be written.
    """
    text = stamp.strftime("%Y%m%d%H%M%S") if isinstance(stamp, datetime) else stamp
    order = Order(sender, sender_service, receiver, receiver_service, month, text, people)
    _refuse_wrong_parts(order, unit)
    contents = _contents(unit, order)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [write_whole(folder / name, data) for name, data in contents.items()]
    except OSError as trouble:
        raise CouldNotRun(
            N_("The sample could not be written into {folder} ({reason})."),
            N_("Name a folder that you may write into."),
            domain=_DOMAIN,
            folder=str(folder),
            reason=trouble.strerror or str(trouble),
        ) from trouble


def _contents(unit: str, order: Order) -> Mapping[str, bytes]:
    from importlib import import_module

    module = import_module(f"{__name__}.{_TABLES[unit]}")
    files: dict[str, bytes] = {}
    for kind, (month, content) in module.tables(unit, order).items():
        name = file_name(
            kind,
            sender=order.sender,
            sender_service=order.sender_service,
            receiver=order.receiver,
            receiver_service=order.receiver_service,
            stamp=order.stamp,
            month=month,
        )
        files[name] = content if isinstance(content, bytes) else render(kind, content)
    return files


def _refuse_wrong_parts(order: Order, unit: str) -> None:
    if unit not in _TABLES:
        raise InputError(
            N_("There is no sending unit called {unit}."),
            N_("Use one of: {names}."),
            domain=_DOMAIN,
            unit=unit,
            names=list(_TABLES),
        )
    spec = standard()
    wanted = {
        "sender": (order.sender, spec.office_pattern),
        "receiver": (order.receiver, spec.office_pattern),
        "sender_service": (order.sender_service, "[0-9A-Z]{2}"),
        "receiver_service": (order.receiver_service, "[0-9A-Z]{2}"),
        "month": (order.month, "20[0-9]{2}(0[1-9]|1[0-2])"),
        "stamp": (order.stamp, "[0-9]{14}"),
    }
    for name, (value, pattern) in wanted.items():
        if not re.fullmatch(pattern, value):
            _refuse(name, value)
    try:
        datetime.strptime(order.stamp, "%Y%m%d%H%M%S")  # noqa: DTZ007 - only its form is asked for
    except ValueError:
        _refuse("stamp", order.stamp)
    if order.month < spec.first_service_month:
        _refuse("month", order.month)
    if not 1 <= order.people <= 99:  # noqa: PLR2004
        _refuse("people", str(order.people))


def _refuse(name: str, value: str) -> None:
    raise InputError(
        N_("The sample cannot be written with {name} = {value}."),
        N_("Office numbers have 10 characters, types 2, the month is from 202504, the stamp has 14 digits."),
        domain=_DOMAIN,
        name=name,
        value=value,
    )
