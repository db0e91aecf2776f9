"""One value of a rule with its reference and how certain it is; finding all of them in a rule file."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar

from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model
from pydantic import BeforeValidator, Field, PlainSerializer, StrictInt

from kaigo_subsidy._places import wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


def _fraction(value: object) -> object:
    """Rates are written as strings, ``"3/4"``: a float would already be wrong."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]+/[1-9][0-9]*", value):
        raise wrong(N_('a rate is written as text such as "3/4"'))
    return Fraction(value)


Rate = Annotated[
    Fraction, Field(ge=0, le=1), BeforeValidator(_fraction), PlainSerializer(str, return_type=str)
]


Certainty = Literal["confirmed", "unconfirmed"]
Count = Annotated[StrictInt, Field(ge=0)]
Reference = Annotated[str, Field(min_length=1, description="source and article or page: 要綱 第4条")]


class Figure(Model, Generic[T]):
    """One value of a rule with its place in the sources, and whether that place is certain."""

    value: T
    ref: Reference
    status: Certainty = "confirmed"
    note: str = ""


def references(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every reference of the rules, with its place."""
    for path, part in _parts(value, place):
        for name in type(part).model_fields:
            if name == "ref" or name.endswith("_ref"):
                yield f"{path}.{name}".lstrip("."), getattr(part, name)


def unconfirmed(rules: Model) -> Iterator[tuple[str, Any, str]]:
    """Place, value and reference of every figure whose source is not certain."""
    for path, part in _parts(rules, ""):
        if isinstance(part, Figure) and part.status == "unconfirmed":
            yield path, part.value, part.ref


def _parts(value: object, place: str) -> Iterator[tuple[str, Model]]:
    """The models within a model, with their places (``window.opens``, ``documents[0]``), itself first."""
    if isinstance(value, Model):
        yield place, value
        inner = {f"{place}.{name}".lstrip("."): getattr(value, name) for name in type(value).model_fields}
    elif isinstance(value, dict):
        inner = {f"{place}.{key}": one for key, one in value.items()}
    elif isinstance(value, tuple):
        inner = {f"{place}[{number}]": one for number, one in enumerate(value)}
    else:
        return
    for path, one in inner.items():
        yield from _parts(one, path)
