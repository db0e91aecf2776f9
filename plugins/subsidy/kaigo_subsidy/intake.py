"""Reading a claim file: TOML or JSON, strict about keys, types and money."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.claims import Claim, ClaimOffice
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.reading import read_text, read_toml
from pydantic import BaseModel, ValidationError

from kaigo_subsidy._places import first_mistake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kaigo_gateway.model.site import Site

    from kaigo_subsidy.settings import SubsidySettings

M = TypeVar("M", bound=BaseModel)
_OURS = {"key", "proof"}  # written by a Setup, not by people


def read_claim(path: Path) -> Claim:
    """The claim in a TOML or JSON file (by suffix). Raises :class:`InputError` with place and remedy."""
    data = _read_json(path) if path.suffix.lower() == ".json" else read_toml(path)
    return claim_from(data, str(path))


def claim_from(data: Mapping[str, Any], name: str) -> Claim:
    """A claim from plain data; ``name`` stands in the message. Raises :class:`InputError`."""
    try:
        return Claim.model_validate(data)
    except ValidationError as error:
        where, what = first_mistake(error)
        raise InputError(
            N_("{name} cannot be used as a claim, at {place}: {what}."),
            N_("Correct that place; the keys there are: {keys}."),
            domain="kaigo_subsidy",
            name=name,
            place=where,
            what=what,
            keys=_keys_at(where),
        ) from None


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


def _keys_at(where: str) -> list[str]:
    if where.startswith("expenses["):
        return [key for key in ExpenseLine.model_fields if key not in _OURS]
    return list((ClaimOffice if where.startswith("office.") else Claim).model_fields)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(read_text(path), object_pairs_hook=_no_twins, parse_constant=_refuse_constant)
    except ValueError as error:
        raise InputError(
            N_("{name} is not valid JSON: {why}."),
            N_("Correct that place."),
            domain="kaigo_subsidy",
            name=path,
            why=error,
        ) from None
    if not isinstance(data, dict):
        raise InputError(
            N_("{name} is not a claim: a JSON object is expected."),
            N_("Write the keys of a claim in braces."),
            domain="kaigo_subsidy",
            name=path,
        )
    return data


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that stands twice would silently win over the first: refuse it."""
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} stands twice")
    return data


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


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
        where, what = first_mistake(error)
        raise InputError(
            N_("{name} is wrong at {place}: {what}."),
            N_("Correct that place."),
            domain="kaigo_subsidy",
            name=name,
            place=where,
            what=what,
        ) from None
