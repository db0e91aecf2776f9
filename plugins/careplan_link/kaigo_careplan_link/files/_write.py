"""Write records as the standard prints them: MS932, CRLF, free text always in quotes, Null as nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._standard import standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ENCODING = "cp932"
LINE_END = "\r\n"


def quote(text: str) -> str:
    """``text`` as free text: in double quotes, a quote inside doubled (foot of every table of the annex)."""
    return '"' + text.replace('"', '""') + '"'


def as_item(text: str, *, free_text: bool) -> str:
    """A value as it stands in a record: free text in quotes, another item only where it could not be bare."""
    return quote(text) if text and (free_text or any(char in text for char in ',"\r\n')) else text


def render_row(kind: str, values: Sequence[str]) -> str:
    """One record without its line end; ``values`` in the order of the standard, empty for Null."""
    return ",".join(
        as_item(value, free_text=field.type == "text")
        for field, value in zip(standard().fields(kind), values, strict=True)
    )


def render(kind: str, records: Iterable[Mapping[str, str]]) -> bytes:
    """A whole file from records by English key; a key left out is Null, an unknown one is a ``KeyError``."""
    keys = [field.key for field in standard().fields(kind)]
    lines = []
    for record in records:
        if unknown := record.keys() - set(keys):
            raise KeyError(f"{kind} has no field {', '.join(sorted(unknown))}")
        lines.append(render_row(kind, [record.get(key, "") for key in keys]) + LINE_END)
    return "".join(lines).encode(ENCODING)


def file_name(  # noqa: PLR0913 - the parts of the printed name rule
    kind: str,
    *,
    sender: str,
    sender_service: str,
    receiver: str,
    receiver_service: str,
    stamp: str,
    month: str = "000000",
    branch: str = "0001",
) -> str:
    """The name by the rule of 4.1; ``month`` is used where the kind has one, ``branch`` for pictures."""
    of_kind = standard().kinds[kind]
    parts = [kind] if of_kind.name_month == "none" else [kind, month]
    parts += [sender, sender_service, receiver, receiver_service, stamp]
    return "_".join([*parts, branch]) + ".jpg" if of_kind.image else "_".join(parts) + ".CSV"


def write_whole(path: Path, data: bytes) -> Path:
    """Write ``data`` so that the file is there whole or not at all; ``OSError`` where the folder refuses."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
