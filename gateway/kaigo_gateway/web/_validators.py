"""File validators of plugins, such as the checker of CarePlan files."""

from __future__ import annotations

import asyncio
import io
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.descriptors import FileValidator
from kaigo_gateway.web._keys import GATEWAY, LANGUAGE
from kaigo_gateway.web._uploads import together

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aiohttp import web

    from kaigo_gateway.plugins import LoadedPlugin
    from kaigo_gateway.web._uploads import Form


@dataclass(frozen=True, slots=True)
class Offer:
    """A validator and the plugin that brings it."""

    validator: FileValidator
    plugin: LoadedPlugin


async def validators(request: web.Request) -> dict[str, Offer]:
    """All validators by name, titles in the reader's language; of one name the first plugin's stands."""
    called = await request.config_dict[GATEWAY].host.call("gateway_file_validators", expected=FileValidator)
    found: dict[str, Offer] = {}
    for outcome in called.outcomes:
        for each in outcome.value:
            title = translate(each.title, outcome.plugin.domain or "kaigo_gateway", request[LANGUAGE])
            found.setdefault(each.name, Offer(replace(each, title=title), outcome.plugin))
    return found


async def validate(validator: FileValidator, form: Form, rules: Mapping[str, str]) -> dict[str, Any]:
    """Run a validator over the files of a form; paths in its answer are the file names alone.

    ``rules`` are judged otherwise (code to severity). Raises :class:`InputError` for an impossible one.
    """
    folder = await together(form)
    document = await asyncio.to_thread(_judge, validator, sorted(folder.iterdir()), rules)
    found: dict[str, Any] = without_folder(dict(document), f"{folder}")
    return found


def _judge(validator: FileValidator, files: list[Path], rules: Mapping[str, str]) -> Mapping[str, Any]:
    if not rules:
        return validator.validate(files)
    if validator.with_rules is None:
        raise InputError(
            N_("{title} has no rules that can be judged otherwise."),
            N_("Leave the rules out."),
            title=validator.title,
        )
    return validator.with_rules(files, rules)


async def mended(validator: FileValidator, form: Form) -> bytes:
    """Mended copies of the files of a form as a ZIP. Raises what the validator's ``mend`` raises."""
    assert validator.mend is not None
    folder = await together(form)
    out = folder.with_name("mended")
    await asyncio.to_thread(validator.mend, sorted(folder.iterdir()), out)
    return await asyncio.to_thread(_zipped, out)


def _zipped(folder: Path) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return target.getvalue()


def without_folder(value: Any, folder: str) -> Any:
    """The document without the name of our private folder."""
    if isinstance(value, str):
        return value.replace(f"{folder}/", "").replace(f"{folder}\\", "").replace(folder, "")
    if isinstance(value, dict):
        return {key: without_folder(each, folder) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_folder(each, folder) for each in value]
    return value
