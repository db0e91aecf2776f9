"""CarePlan files: dropped, judged or mended, and removed; nothing is recorded.

The page starts with what the site file of a Setup says: the newest that says anything, or the one chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from kaigo_gateway.errors import InputError
from kaigo_gateway.web._keys import LANGUAGE
from kaigo_gateway.web._presets import rules_of, start_of_page, text_of
from kaigo_gateway.web._uploads import receive
from kaigo_gateway.web._validators import mended, validate, validators
from kaigo_gateway.web.access import Role, needs
from kaigo_gateway.web.pages._render import download, page, url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.web._validators import Offer


@dataclass(frozen=True, slots=True)
class _Entered:
    """What stands in the form: the validator's name and the rules as text."""

    chosen: str
    rules: str


async def _show(
    request: web.Request, offers: Mapping[str, Offer], entered: _Entered | None = None, **found: Any
) -> web.Response:
    preset, rows = await start_of_page(request, request.query.get("setup"), [*offers.values()])
    entered = entered or _Entered(preset.name, text_of(preset.rules))
    known = [offer.validator for offer in offers.values()]
    shown = {"document": None, "trouble": None, "status": 422 if found.get("trouble") else 200}
    return page(
        request, "careplan.html", known=known, rows=rows, preset=preset, entered=entered, **{**shown, **found}
    )


@needs(Role.VIEWER)
async def careplan(request: web.Request) -> web.StreamResponse:
    """A place to drop CarePlan files."""
    return await _show(request, await validators(request))


@needs(Role.SUPPORTER)
async def drop_files(request: web.Request) -> web.StreamResponse:
    """Validate dropped files, or mend them; they are removed at once."""
    offers = await validators(request)
    async with receive(request) as form:
        entered = _Entered(form.fields.get("validator", ""), form.fields.get("rules", ""))
        if entered.chosen not in offers or not form.files:
            raise web.HTTPSeeOther(url(request, "careplan"))
        validator = offers[entered.chosen].validator
        if form.fields.get("wish") == "mend" and validator.mend is not None:
            return download(await mended(validator, form), "mended.zip", "application/zip")
        try:
            rules = rules_of(entered.rules)
            document = await validate(validator, form, rules)
        except InputError as error:
            return await _show(request, offers, entered, trouble=error.text(request[LANGUAGE]))
    judged = {"title": validator.title, "rules": text_of(rules)}
    return await _show(request, offers, entered, document=document, judged=judged)


ROUTES: Final = (
    web.get("/careplan", careplan, name="careplan"),
    web.post("/careplan", drop_files),
)
