"""What a plugin lacks, before a user notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaigo_gateway.i18n import N_, catalogue
from kaigo_gateway.plugins import PluginHost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kaigo_gateway.model.reasons import ReasonBook
    from kaigo_gateway.plugins import LoadedPlugin

MESSAGES = {
    "LINT_NOT_FOUND": N_("No installed plugin is named {detail}."),
    "LINT_NOT_LOADED": N_("The plugin is not in use: {detail}"),
    "LINT_NO_REASONS": N_("The plugin brings checks but no reason book: its results would have no text."),
    "LINT_NO_JAPANESE": N_("Reason {detail} has no Japanese text."),
    "LINT_NO_DOCS": N_("The plugin names no documentation (PluginInfo.docs)."),
    "LINT_NO_TITLE": N_("The plugin has no title."),
}
"""Lint code → message; the codes are stable."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to mend. ``grave`` ones make the command fail."""

    code: str
    detail: str
    grave: bool = True


def lint(name: str) -> list[Remark]:
    """Load one installed plugin and look at what it declares."""
    host = PluginHost(time_limit=10)
    if name not in {candidate.name for candidate in host.candidates}:
        return [Remark("LINT_NOT_FOUND", name)]
    problems = [problem for problem in host.problems if problem.plugin == name]
    if problems:
        return [Remark("LINT_NOT_LOADED", f"{each.kind}: {each.detail}") for each in problems]
    plugin = next(plugin for plugin in host.plugins if plugin.name == name)
    return list(_remarks(plugin, host.hooks_of(plugin)))


def _remarks(plugin: LoadedPlugin, hooks: list[str]) -> Iterator[Remark]:
    if not plugin.info.title.strip():
        yield Remark("LINT_NO_TITLE", plugin.name)
    if not plugin.info.docs:
        yield Remark("LINT_NO_DOCS", plugin.name, grave=False)
    if plugin.info.reasons is None:
        if "gateway_checks" in hooks:
            yield Remark("LINT_NO_REASONS", plugin.name)
        return
    yield from _untranslated(plugin.info.reasons)


def _untranslated(book: ReasonBook) -> Iterator[Remark]:
    japanese = catalogue(book.domain, "ja")
    for reason in book:
        texts = (reason.message, *reason.steps)
        if any(japanese.gettext(text) == text for text in texts):
            yield Remark("LINT_NO_JAPANESE", reason.code)
