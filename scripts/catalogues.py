"""Bring the Japanese message catalogues up to date with the code: extract, merge, compile.

python scripts/catalogues.py            rewrite every ja.po and its .mo
python scripts/catalogues.py --check    only say what is missing or fuzzy; exit 1 if anything is
python scripts/catalogues.py PACKAGE    only that package (kaigo_certs, kaigo_gateway, ...)
"""

from __future__ import annotations

import ast
import sys
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    ROOT / "gateway/kaigo_gateway",
    ROOT / "certs/kaigo_certs",
    ROOT / "plugins/card_reader/kaigo_card_reader",
    ROOT / "plugins/platform_link/kaigo_platform_link",
    ROOT / "plugins/careplan_link/kaigo_careplan_link",
    ROOT / "plugins/subsidy/kaigo_subsidy",
]
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
STAMP = datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=9)))  # fixed: a rebuild changes nothing
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def extract(package: Path) -> Catalog:
    """All messages of one package, as a template."""
    template = Catalog(project="kaigo-gateway", charset="utf-8")
    options = {"**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
    for filename, _line, message, comments, context in extract_from_dir(
        str(package), METHODS, options, keywords=KEYWORDS, comment_tags=("i18n:",)
    ):
        template.add(message, None, [(filename, None)], auto_comments=comments, context=context)
    for filename, text in docstrings(package):
        template.add(text, None, [(filename, None)])
    return template


def docstrings(package: Path) -> Iterator[tuple[str, str]]:
    """Help texts of click commands: the docstrings of decorated functions in command modules."""
    modules = [*package.glob("cli/*.py"), *package.glob("**/cli.py"), *package.glob("**/cli_*.py")]
    for module in sorted(set(modules)):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(is_command, node.decorator_list)):
                text = ast.get_docstring(node)
                if text:
                    yield module.relative_to(package).as_posix(), text


def is_command(decorator: ast.expr) -> bool:
    """Whether a decorator makes a click command or group."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in {"command", "group"}


def update(package: Path, *, check: bool) -> list[str]:
    """Merge the package's messages into its ja.po; answer the troubles found."""
    po = package / "locale/ja/LC_MESSAGES" / f"{package.name}.po"
    if po.exists():
        with po.open("rb") as source:
            catalogue = read_po(source, locale="ja")
    else:
        catalogue = Catalog(locale="ja", project="kaigo-gateway", charset="utf-8")
    catalogue.update(extract(package), no_fuzzy_matching=True)
    troubles = [
        f"{package.name}: no Japanese for {message.id!r}"
        for message in catalogue
        if message.id and (not message.string or message.fuzzy)
    ]
    if check:
        return troubles
    catalogue.obsolete.clear()
    catalogue.revision_date = catalogue.creation_date = STAMP
    po.parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, catalogue, width=0, sort_output=True, include_lineno=False, omit_header=False)
    po.write_bytes(without_tool_version(text.getvalue()))
    with po.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalogue)
    compile_others(po)
    return troubles


def without_tool_version(text: bytes) -> bytes:
    """A catalogue without the line that names Babel's version: another one would change every file."""
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b'"Generated-By:'))


def compile_others(package_po: Path) -> None:
    """Compile what lies beside a package's catalogue without being extracted from code: click's words."""
    for po in sorted(set(package_po.parent.glob("*.po")) - {package_po}):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale="ja"))


def main() -> int:
    """Run over every package (or the named one)."""
    check = "--check" in sys.argv
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    troubles = [
        trouble
        for package in PACKAGES
        if not wanted or package.name in wanted
        for trouble in update(package, check=check)
    ]
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return 1 if troubles else 0


if __name__ == "__main__":
    raise SystemExit(main())
