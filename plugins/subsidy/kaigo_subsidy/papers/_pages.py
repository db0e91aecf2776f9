"""A paper as HTML with print CSS: one file, nothing from outside, no script."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from kaigo_subsidy.papers._model import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from kaigo_subsidy.papers._model import Paper


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of this package; everything that is put in is escaped."""
    made = Environment(
        loader=PackageLoader("kaigo_subsidy.papers", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shown"] = shown
    return made


def html(paper: Paper) -> bytes:
    """The paper as an HTML page that prints on A4."""
    return render("paper.html", {"paper": paper})


def render(template: str, values: Mapping[str, Any]) -> bytes:
    """A template of this package with its values."""
    return environment().get_template(template).render(values).encode()
