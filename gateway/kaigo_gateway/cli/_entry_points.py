"""Entry points read straight from the ``.dist-info`` folders on ``sys.path``.

``importlib.metadata`` does the same and more, but costs more than everything else that ``--help`` does. Where
the path holds anything but ordinary folders (zip files, a frozen product), None says: ask it after all.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD: Final = {"_distutils_hack", "_frozen_importlib", "_frozen_importlib_external", "six"}


def entry_points(group: str) -> list[tuple[str, str]] | None:
    """Names and targets of a group, sorted; the first distribution of a name on the path counts."""
    if getattr(sys, "frozen", False):
        return None
    found: dict[str, list[tuple[str, str]]] = {}
    for place in dict.fromkeys(sys.path):
        folder = place or "."
        if os.path.isfile(folder):  # noqa: PTH113 - pathlib here costs as much as the whole scan
            return None
        for name, file in _distributions(folder):
            found.setdefault(name, _read(file, group))
    return sorted(entry for entries in found.values() for entry in entries)


def _distributions(folder: str) -> Iterator[tuple[str, str]]:
    """Normalised names of the distributions in a folder, with where their entry points would be."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - as above
    except OSError:
        return
    for name in names:
        stem, _, kind = name.rpartition(".")
        if kind in {"dist-info", "egg-info"}:
            project = stem.partition("-")[0].lower().replace("-", "_").replace(".", "_")
            yield project, f"{folder}/{name}/entry_points.txt"


def _read(file: str, group: str) -> list[tuple[str, str]]:
    try:
        with open(file, encoding="utf-8") as source:  # noqa: PTH123 - as above
            text = source.read()
    except (OSError, UnicodeDecodeError):
        return []
    return list(_entries(text, group)) if f"[{group}]" in text else []


def _entries(text: str, group: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif section == group and "=" in line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            yield name.strip(), target.partition("[")[0].strip()
