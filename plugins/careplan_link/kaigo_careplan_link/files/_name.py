"""File names: the printed rule of 4.1, the old one of 3.x, and what is seen in the wild."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from kaigo_careplan_link.files._digits import office_check_digit_fits
from kaigo_careplan_link.files._findings import Problem
from kaigo_careplan_link.files._standard import standard

_COPY = re.compile(r"(?: ?[(（][0-9]+[)）]| ?- ?(?:コピー|Copy).*|のコピー.*)$")
_PARTS = ("sender", "sender_service", "receiver", "receiver_service", "stamp")
_OLD_PARTS = ("sender", "receiver", "stamp")
_SIMILAR = 0.75
_STAMP = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))


@dataclass(slots=True)
class Name:
    """A file name taken apart; parts that could not be read are empty strings."""

    text: str
    kind: str | None = None
    month: str = ""
    sender: str = ""
    sender_service: str = ""
    receiver: str = ""
    receiver_service: str = ""
    stamp: str = ""
    branch: str = ""
    old: bool = False
    """True for the form of 3.x, without service types."""
    problems: list[Problem] = field(default_factory=list)

    def say(self, code: str, seen: str | None = None, **values: object) -> None:
        """Note a problem of the name."""
        self.problems.append(Problem(code, 0, seen, values))

    @property
    def unit_key(self) -> tuple[str, str, str]:
        """Serial, sender and receiver: files with equal keys are one sending unit."""
        return self.stamp, self.sender, self.receiver


def parse_name(text: str) -> Name:
    """Take ``text`` (a file name without its folder) apart; never raises."""
    name = Name(text)
    stem = _plain_stem(name)
    tokens = stem.split("_")
    rest = _find_kind(name, tokens)
    if name.kind is not None:
        _find_parts(name, rest)
        _judge_parts(name)
    return name


def _plain_stem(name: Name) -> str:
    stem, dot, extension = name.text.rpartition(".")
    if not dot:
        stem, extension = name.text, ""
    picture = "IMAGE" in stem.upper()
    allowed = {"JPG", "jpg"} if picture else {"CSV"}
    if extension not in allowed:
        code = "NAME_EXTENSION_CASE" if extension.upper() in allowed else "NAME_EXTENSION"
        name.say(code, extension)
    if found := _COPY.search(stem):
        name.say("NAME_COPY", found.group())
        stem = stem[: found.start()]
    plain = unicodedata.normalize("NFKC", stem)
    if plain != stem or " " in stem:
        name.say("NAME_WIDE", stem)
    return plain.replace(" ", "")


def _find_kind(name: Name, tokens: list[str]) -> list[str]:
    kinds = standard().kinds
    for length in (2, 1):
        prefix = "_".join(tokens[:length])
        if prefix.upper() in kinds:
            if prefix != prefix.upper():
                name.say("NAME_PREFIX_CASE", prefix)
            name.kind = prefix.upper()
            return tokens[length:]
    known = standard().lookalike_prefixes.get(tokens[0].upper())
    near = [known] if known else difflib.get_close_matches(tokens[0].upper(), kinds, 1, _SIMILAR)
    name.say("NAME_PREFIX_UNKNOWN", tokens[0][:20], suggestion=near[0] if near else "-")
    if near and len(tokens) > 1:
        name.kind = near[0]
    return tokens[1:]


def _find_parts(name: Name, rest: list[str]) -> None:
    assert name.kind is not None
    kind = standard().kinds[name.kind]
    parts = [*_PARTS, "branch"] if kind.image else list(_PARTS)
    if kind.name_month != "none":
        parts.insert(0, "month")
    rest = _settle_month(name, rest, parts)
    if len(rest) == len(parts) - 2:
        name.old = True
        name.say("NAME_VERSION_3")
        parts = [part for part in parts if not part.endswith("service")]
    if len(rest) != len(parts):
        name.say("NAME_PARTS", str(len(rest)), wanted=len(parts))
        return
    for part, value in zip(parts, rest, strict=True):
        setattr(name, part, value)


def _settle_month(name: Name, rest: list[str], parts: list[str]) -> list[str]:
    """Drop a month that has no place (the standard's own example prints one), notice one that is missing."""
    has_month = bool(rest) and re.fullmatch("[0-9]{6}", rest[0]) is not None
    if "month" in parts and not has_month and len(rest) in {len(parts) - 1, len(parts) - 3}:
        name.say("NAME_MONTH_MISSING")
        parts.remove("month")
    elif "month" not in parts and has_month and len(rest) > len(_OLD_PARTS):
        name.say("NAME_MONTH_UNEXPECTED", rest[0])
        return rest[1:]
    return rest


def _judge_parts(name: Name) -> None:
    if not name.stamp:
        return
    _judge_month(name)
    for side in ("sender", "receiver"):
        _judge_office(name, side)
        if not name.old:
            _judge_service(name, side)
    _judge_direction(name)
    _judge_stamp(name)
    if name.sender and name.sender == name.receiver:
        name.say("NAME_SAME_OFFICE", name.sender)
    if name.kind and standard().kinds[name.kind].image and not re.fullmatch("[0-9]{4}", name.branch):
        name.say("NAME_BRANCH", name.branch)


def _judge_month(name: Name) -> None:
    if not name.month or name.kind is None:
        return
    if name.month == "000000":
        if standard().kinds[name.kind].name_month != "month_or_zero":
            name.say("NAME_MONTH_ZERO")
    elif not re.fullmatch("20[0-9]{2}(0[1-9]|1[0-2])", name.month):
        name.say("NAME_MONTH_FORM", name.month)


def _judge_office(name: Name, side: str) -> None:
    number = getattr(name, side)
    values = {"side_ja": "送信元" if side == "sender" else "送信先", "side": side}
    if not number:
        name.say("NAME_OFFICE_EMPTY", "", **values)
    elif not re.fullmatch(standard().office_pattern, number):
        name.say("NAME_OFFICE_FORM", number, length=len(number), **values)
    elif not office_check_digit_fits(number):
        name.say("NAME_OFFICE_CHECK_DIGIT", number, **values)


def _judge_service(name: Name, side: str) -> None:
    service = getattr(name, f"{side}_service")
    values = {"side_ja": "送信元" if side == "sender" else "送信先", "side": side}
    spec = standard()
    if not re.fullmatch("[0-9A-Z]{2}", service):
        name.say("NAME_SERVICE_FORM", service, **values)
    elif service in spec.service_types.out_of_scope:
        name.say("NAME_SERVICE_OUT_OF_SCOPE", service, **values)
    elif service not in spec.service_types.in_scope | spec.care_manager_types:
        name.say("NAME_SERVICE_UNKNOWN", service, **values)


def _judge_direction(name: Name) -> None:
    """Plans come from a care manager, results go to one; a swap is what the standard's own example shows."""
    if name.kind is None or name.old:
        return
    manager = standard().care_manager_types
    direction = standard().kinds[name.kind].direction
    plan_side, service_side = name.sender_service, name.receiver_service
    if direction == "result":
        plan_side, service_side = service_side, plan_side
    if direction == "either" or plan_side in manager:
        return
    code = "NAME_SERVICES_SWAPPED" if service_side in manager else "NAME_SERVICE_DIRECTION"
    name.say(code, f"{name.sender_service} → {name.receiver_service}")


def _judge_stamp(name: Name) -> None:
    if not re.fullmatch("[0-9]{14}", name.stamp):
        name.say("NAME_STAMP_FORM", name.stamp, length=len(name.stamp))
        return
    try:
        datetime(*(int(name.stamp[at:end]) for at, end in _STAMP))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        name.say("NAME_STAMP_CALENDAR", name.stamp)
