"""Papers as PDF/A by typst with an embedded font; a character that the font lacks stops it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import CouldNotRun, NotInstalled
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from kaigo_subsidy.papers._model import Paper

STANDARD: Final = "a-2b"
BORROWED: Final = "同梱のフォントにない文字があるため、一部の文字をこの端末のフォントで表示しています。"
_MISSING: Final = re.compile(r'the text `?"(.+?)"`? could not be displayed|does not.*glyph', re.DOTALL)


def typst() -> ModuleType:
    """The typesetter. Raises :class:`NotInstalled`."""
    try:
        import typst
    except ImportError:
        raise NotInstalled("typst", "pip install kaigo-gateway[pdf]") from None
    module: ModuleType = typst
    return module


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/A-2b. Raises :class:`NotInstalled`; :class:`CouldNotRun` names a missing character.

    A character outside the bundled font is looked for in the fonts of this machine before giving up; the
    paper then says so at its foot.
    """
    compiler = typst()
    with as_file(files("kaigo_subsidy.papers") / "typeset") as folder:
        try:
            return _compile(compiler, paper, folder, system_fonts=False)
        except compiler.TypstError:
            pass
        try:
            return _compile(compiler, replace(paper, foot=(*paper.foot, BORROWED)), folder, system_fonts=True)
        except compiler.TypstError as error:
            raise _refusal(paper, str(error)) from None


def _compile(compiler: ModuleType, paper: Paper, folder: Path, *, system_fonts: bool) -> bytes:
    made: bytes = compiler.compile(
        (folder / "paper.typ").read_bytes(),
        font_paths=[str(folder)],
        ignore_system_fonts=not system_fonts,
        sys_inputs={"data": json.dumps(paper.data(), ensure_ascii=False)},
        pdf_standards=[STANDARD],
        timestamp=int(paper.made.timestamp()),
        format="pdf",
    )
    return made


def _refusal(paper: Paper, error: str) -> CouldNotRun:
    found = _MISSING.search(error)
    what = found.group(1) if found and found.group(1) else error.splitlines()[0]
    return CouldNotRun(
        N_("The PDF of {title} was not written: no font here can show {what}."),
        N_("Install a font that has the character, or use the HTML paper and print it."),
        domain="kaigo_subsidy",
        title=paper.title,
        what=what,
    )
