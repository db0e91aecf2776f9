"""Write docs/reference/*.md from the code: hooks, reason codes, commands, settings.

python scripts/reference.py          rewrite the pages
python scripts/reference.py --check  exit 1 and name the pages that are out of date
"""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["COLUMNS"] = "100"

import click
from kaigo_gateway import hookspecs
from kaigo_gateway.cli import root
from kaigo_gateway.i18n import translate, use_language
from kaigo_gateway.plugins import PluginHost
from kaigo_gateway.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway.model.reasons import Reason, ReasonBook
    from pydantic import BaseModel

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by scripts/reference.py from the code; change the code, then run `make docs`. -->\n"


def hooks() -> Iterator[str]:
    """One section per hook: its exact signature and its docstring."""
    yield f"# Hooks\n\n{NOTE}\n{inspect.getdoc(hookspecs)}\n"
    for name, function in vars(hookspecs).items():
        if name.startswith("gateway_"):
            text = f"```python\n{name}{signature(function)}\n```\n\n{inspect.getdoc(function)}\n"
            yield f"\n## {name}\n\n{text}"


def signature(function: Any) -> str:
    """The signature as it is written."""
    return str(inspect.signature(function)).replace("'", "")


def books() -> list[ReasonBook]:
    """Every reason book of the product."""
    from kaigo_gateway._reports import books_of
    from kaigo_gateway.doctor import DOCTOR_REASONS

    return [*books_of(PluginHost()), DOCTOR_REASONS]


def reasons() -> Iterator[str]:
    """One section per reason code, in both languages."""
    yield f"# Reason codes\n\n{NOTE}\nEvery result carries one of these codes; they are stable.\n"
    for reason, book in sorted(((r, b) for b in books() for r in b), key=lambda pair: pair[0].code):
        yield from one_reason(reason, book)


def one_reason(reason: Reason, book: ReasonBook) -> Iterator[str]:
    """A reason code with its texts, as message patterns."""
    actor = reason.actor.value if reason.actor else "nobody"
    yield f"\n## {reason.code}\n\n`{reason.status.value}` · who acts: `{actor}` · from `{book.domain}`\n\n"
    for language in ("en", "ja"):
        yield f"- {translate(reason.message, book.domain, language)}\n"
        for number, step in enumerate(reason.steps, 1):
            yield f"  {number}. {translate(step, book.domain, language)}\n"


def commands() -> Iterator[str]:
    """The help text of every command."""
    yield f"# Commands\n\n{NOTE}\nExit codes: 0 nothing to do (notices allowed) · 1 a problem was found · "
    yield "2 wrong use or unreadable input · 3 the check itself could not run.\n"
    context = click.Context(root, info_name="kaigo-gateway", max_content_width=100)
    yield from _command(root, context)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None, name
            inner = click.Context(child, info_name=name, parent=context, max_content_width=100)
            yield from _command(child, inner)


def settings() -> Iterator[str]:
    """Every setting with its environment variable and default."""
    yield f"# Settings\n\n{NOTE}\n{inspect.getdoc(sys.modules[Settings.__module__])}\n\n"
    yield "| setting | environment | default |\n|---|---|---|\n"
    yield from _fields(Settings, ())


def _fields(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[str]:
    from pydantic import BaseModel as Base

    for name, field in model.model_fields.items():
        path = (*above, name)
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, Base):
            yield from _fields(annotation, path)
        elif not field.exclude:
            variable = "KAIGO_GATEWAY_" + "__".join(path).upper()
            default = "in the user's data folder" if field.default_factory else repr(field.default)
            yield f"| `{'.'.join(path)}` | `{variable}` | {default} |\n"


PAGES = {"hooks.md": hooks, "reasons.md": reasons, "commands.md": commands, "settings.md": settings}


def main() -> int:
    """Write, or check, every page."""
    check, stale = "--check" in sys.argv, []
    FOLDER.mkdir(parents=True, exist_ok=True)
    with use_language("en"):
        for name, page in PAGES.items():
            text = "".join(page())
            path = FOLDER / name
            if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
                stale.append(name)
            elif not check:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/reference/{name} is out of date: run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
