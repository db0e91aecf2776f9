"""The secrets that a site refers to: known by value before anything can show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kaigo_gateway.errors import InputError
from kaigo_gateway.model.secrets import SecretRef

if TYPE_CHECKING:
    from kaigo_gateway.model.site import Site


def secrets_of(site: Site) -> Iterator[str]:
    """Every secret that can be resolved now; one that cannot is the business of the check that needs it."""
    for reference in _references(site.model_dump(by_alias=True)):
        try:
            yield reference.resolve(site.base).get_secret_value()
        except InputError:
            continue


def _references(value: Any) -> Iterator[SecretRef]:
    if isinstance(value, Mapping):
        if {"$env", "$file"} & set(value):
            try:
                yield SecretRef.model_validate({key: _plain(each) for key, each in value.items()})
            except ValidationError:
                return
            return
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _references(each)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
