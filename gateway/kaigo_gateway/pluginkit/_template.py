"""A new plugin project: package, reason book, one check, one test, Japanese catalogue."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from kaigo_gateway._papers import make_folder, write_file
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,40}")
_FILES: Final = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "init.py.txt": "{package}/__init__.py",
    "plugin.py.txt": "{package}/plugin.py",
    "reasons.py.txt": "{package}/reasons.py",
    "checks.py.txt": "{package}/checks.py",
    "ja.po.txt": "{package}/locale/ja/LC_MESSAGES/{package}.po",
    "hatch_build.py.txt": "hatch_build.py",
    "test_plugin.py.txt": "tests/test_plugin.py",
}


def write_plugin(name: str, folder: Path) -> list[Path]:
    """Write a plugin project named ``name`` into ``folder``; gives the files.

    Raises :class:`InputError` for a name that is no Python name and for a folder that is not empty.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            N_("{name} cannot be the name of a plugin."),
            N_("Use small letters, digits and _, beginning with a letter."),
            name=name,
        )
    if folder.exists() and any(folder.iterdir()):
        raise InputError(N_("The folder {folder} is not empty."), N_("Choose a new folder."), folder=folder)
    values = {"name": name, "package": f"kaigo_{name}", "code": name.upper()}
    return [_write(source, target, folder, values) for source, target in _FILES.items()]


def _write(source: str, target: str, folder: Path, values: dict[str, str]) -> Path:
    text = (files("kaigo_gateway.pluginkit") / "template" / source).read_text(encoding="utf-8")
    path = folder / target.format(**values)
    make_folder(path.parent)
    return write_file(path, Template(text).substitute(values).encode())
