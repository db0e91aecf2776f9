"""Writing a file whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write beside its place, then move onto it. Raises :class:`CouldNotRun`."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise cannot_write(path, error.strerror or type(error).__name__) from None


def cannot_write(path: Path, why: str) -> CouldNotRun:
    """The error for a file that cannot be written."""
    return CouldNotRun(
        N_("{path} cannot be written: {why}."),
        N_("Choose a folder in which you may write and where there is room."),
        domain="kaigo_subsidy",
        path=path,
        why=why,
    )
