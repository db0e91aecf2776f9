"""The site file: read with the place of every mistake, or written anew with comments."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kaigo_gateway.errors import InputError, all_of
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.site import Site
from kaigo_gateway.reading import places_of, read_toml

if TYPE_CHECKING:
    from pathlib import Path


def read_site(path: Path) -> Site:
    """A site file. Raises :class:`InputError` naming file, place and reason of each mistake."""
    document = read_toml(path)
    if document.get("simulated"):
        raise InputError(
            N_("{path}: 'simulated' cannot be set in a site file."),
            N_("Remove the line; only the demo marks its own records as simulated."),
            path=path,
        )
    return site_from(document, path.resolve().parent, str(path))


def site_from(document: Mapping[str, Any], base: Path, name: str) -> Site:
    """A site from a parsed document; ``name`` is what messages call it."""
    try:
        site = Site.model_validate(dict(document))
    except ValidationError as error:
        raise all_of(places_of(error), lambda mistake: _not_valid(name, *mistake)) from None
    return site.model_copy(update={"base": base})


def _not_valid(name: str, place: str, why: str) -> InputError:
    return InputError(
        N_("{path} is not valid at {place}: {why}."),
        N_("Please correct it; `kaigo-gateway setup new` writes a commented example."),
        path=name,
        place=place,
        why=why,
    )


def merged(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with ``overlay`` laid over it, table by table."""
    result = copy.deepcopy(dict(document))
    for key, value in overlay.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = merged(below, value) if both else copy.deepcopy(value)  # type: ignore[arg-type]
    return result


def site_document(site: Site) -> dict[str, Any]:
    """The site as the ledger keeps it: JSON types, secrets only by reference, and the file's folder."""
    return {"site": site.model_dump(mode="json", by_alias=True, exclude_none=True), "base": str(site.base)}
