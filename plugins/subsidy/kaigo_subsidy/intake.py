"""Reading a claim file: TOML or JSON, strict about keys, types and money."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kaigo_gateway.errors import InputError, all_of
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import Claim, ClaimOffice
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.reading import read_text, read_toml
from pydantic import BaseModel, ValidationError

from kaigo_subsidy._places import Misplaced, misplaced, mistakes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kaigo_gateway.model.site import Site
    from pydantic_core import ErrorDetails

    from kaigo_subsidy.settings import SubsidySettings

M = TypeVar("M", bound=BaseModel)
_JSON_WORDS: Final = (  # what Python's reader says, for the catalogue
    N_("Expecting property name enclosed in double quotes"),
    N_("Expecting value"),
    N_("Expecting ',' delimiter"),
    N_("Expecting ':' delimiter"),
    N_("Extra data"),
    N_("Unterminated string starting at"),
    N_("Invalid control character at"),
    N_("Invalid \\escape"),
    N_("Invalid \\uXXXX escape"),
    N_("Illegal trailing comma before end of object"),
    N_("Illegal trailing comma before end of array"),
)
_OURS = {"key", "proof"}  # written by a Setup, not by people
_EXAMPLES: Final = {
    "programme": 'programme = "kiban-office"',
    "fiscal_year": "fiscal_year = 2026  # 令和8年度",
    "applied_on": "applied_on = 2026-11-22",
    "donations": "donations = 0",
    "other_income": "other_income = 0",
    "office": '[office], number = "1370000001", services = ["11", "15"]',
    "number": 'number = "1370000001"',
    "services": 'services = ["11", "2A"]',
    "nonprofit": "nonprofit = false",
    "kind": 'kind = "card_reader"',
    "item": 'item = "reader_check"',
    "model": 'model = "CIR315A"',
    "quantity": "quantity = 3",
    "amount": "amount = 19500",
    "incurred_on": "incurred_on = 2026-06-01",
    "supporter": 'supporter = "T1234567890123"',
    "condition": 'condition = "new"',
    "compatible": "compatible = true",
    "beds": "beds = 199",
    "expenses": "[[expenses]]",
}


def read_claim(path: Path) -> Claim:
    """The claim in a TOML or JSON file (by suffix). Raises :class:`InputError` with place and remedy."""
    data = _read_json(path) if path.suffix.lower() == ".json" else read_toml(path)
    return claim_from(data, str(path))


def claim_from(data: Mapping[str, Any], name: str) -> Claim:
    """A claim from plain data; ``name`` stands in the message. Raises :class:`InputError`."""
    try:
        return Claim.model_validate(data)
    except ValidationError as error:
        raise all_of(_told(mistakes_of(error)), lambda mistake: _not_a_claim(mistake, name)) from None


def _told(mistakes: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Those worth a sentence: a key that is missing because it was misspelt is none of its own."""
    meant = {(*one["loc"][:-1], _meant(one["loc"])) for one in mistakes if one["type"] == "extra_forbidden"}
    return [one for one in mistakes if one["type"] != "missing" or one["loc"] not in meant]


def _not_a_claim(mistake: ErrorDetails, name: str) -> Misplaced:
    remedy, values = _remedy(mistake)
    message = N_("{name} cannot be used as a claim, at {place}: {what}.")
    return Misplaced(mistake, message, remedy, name=name, **values)


def setup_claim(
    site: Site, settings: SubsidySettings, year: int, day: date, lines: Sequence[Mapping[str, Any]]
) -> Claim:
    """The claim that a Setup would make on ``day``. Raises :class:`InputError`."""
    data = {
        "programme": site.programme,
        "fiscal_year": year,
        "applied_on": day,
        "donations": settings.donations,
        "other_income": settings.other_income,
        "office": {
            "number": site.office.number,
            "name": site.office.name,
            "services": site.office.services,
            "nonprofit": site.office.nonprofit,
            "kind": settings.institution_kind,
            "beds": settings.beds,
        },
        "expenses": lines,
    }
    return claim_from(data, "expense.records")


def _meant(location: Sequence[int | str]) -> str:
    """The key that an unknown one at ``location`` resembles; empty where there is none."""
    return next(iter(get_close_matches(_key_of(location), _keys_at(location), 1)), "")


def _key_of(location: Sequence[int | str]) -> str:
    return next((str(part) for part in reversed(location) if isinstance(part, str)), "")


def _remedy(mistake: ErrorDetails) -> tuple[str, dict[str, object]]:
    """For a wrong key the keys there are, and the one probably meant; otherwise a line to copy."""
    location = mistake["loc"]
    key, keys = _key_of(location), _keys_at(location)
    if mistake["type"] == "extra_forbidden":
        near = _meant(location)
        if near:
            return N_("Probably {near} is meant; the keys there are: {keys}."), {"near": near, "keys": keys}
        return N_("The keys there are: {keys}."), {"keys": keys}
    if key not in _EXAMPLES:
        return N_("Correct that place."), {}
    return N_("Write it like this: {example}"), {"example": _EXAMPLES[key]}


def _keys_at(location: Sequence[int | str]) -> list[str]:
    if location[:1] == ("expenses",) and len(location) > 1:
        return [key for key in ExpenseLine.model_fields if key not in _OURS]
    return list((ClaimOffice if location[:1] == ("office",) and len(location) > 1 else Claim).model_fields)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(read_text(path), object_pairs_hook=_no_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            N_("{name} is not valid JSON from line {line}, column {column} on ({why})."),
            N_("Look at quotes, commas and braces there; JSON allows no comma before a closing bracket."),
            domain="kaigo_subsidy",
            name=path,
            line=error.lineno,
            column=error.colno,
            why=error.msg,
        ) from None
    except (_NotInClaims, ValueError, RecursionError) as error:
        message, seen = _told_of(error)
        raise InputError(
            message, N_("Correct that place."), domain="kaigo_subsidy", name=path, seen=seen
        ) from None
    if not isinstance(data, dict):
        raise InputError(
            N_("{name} is not a claim: a JSON object is expected."),
            N_("Write the keys of a claim in braces."),
            domain="kaigo_subsidy",
            name=path,
        )
    return data


class _NotInClaims(Exception):
    """What JSON lets pass and a claim must not hold; a sentence and what was seen."""


def _told_of(error: Exception) -> tuple[str, str]:
    if isinstance(error, _NotInClaims):
        return error.args[0], error.args[1]
    if isinstance(error, RecursionError):
        return N_("{name} cannot be used as a claim: it is nested too deeply."), ""
    return N_("{name} cannot be used as a claim: a number has too many digits."), ""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that stands twice would silently win over the first: refuse it."""
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NotInClaims(N_("{name} cannot be used as a claim: the key {seen} stands twice."), twice)
    return data


def _refuse_constant(name: str) -> Any:
    raise _NotInClaims(N_("{name} cannot be used as a claim: {seen} is not a number."), name)


def read_readings(pairs: Sequence[str]) -> dict[str, str]:
    """``("same_category=once",)`` as a dictionary. Raises :class:`InputError` for a pair without ``=``."""
    readings = {}
    for pair in pairs:
        name, equals, option = pair.partition("=")
        if not equals:
            raise InputError(
                N_("The reading {pair} has no value."),
                N_("Write NAME=OPTION, such as same_category=once; `grant programmes` lists them."),
                domain="kaigo_subsidy",
                pair=pair,
            )
        readings[name.strip()] = option.strip()
    return readings


def read_attachments(pairs: Sequence[str]) -> dict[str, list[Path]]:
    """``("receipt=r.pdf",)`` as document codes and their files. Raises :class:`InputError`."""
    from pathlib import Path

    found: dict[str, list[Path]] = {}
    for pair in pairs:
        code, equals, file = pair.partition("=")
        if not equals or not file:
            raise InputError(
                N_("The attachment {pair} names no file."),
                N_("Write CODE=FILE, such as receipt=receipt.pdf."),
                domain="kaigo_subsidy",
                pair=pair,
            )
        found.setdefault(code.strip(), []).append(Path(file))
    return found


def checked(model: type[M], data: Mapping[str, Any], name: str) -> M:
    """``data`` as ``model``; ``name`` stands in the message. Raises :class:`InputError` with the place."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise misplaced(
            error, N_("{name} is wrong at {place}: {what}."), N_("Correct that place."), name=name
        ) from None
