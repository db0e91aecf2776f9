"""The whole job, read as a Japanese user reads it: no English sentence anywhere, with and without faults."""

from __future__ import annotations

import html
import re

import pytest
from kaigo_gateway.i18n import use_language
from kaigo_gateway.report.console import report_lines
from kaigo_gateway.report.html import render_html
from kaigo_gateway.sandbox.demo import run_demo

ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")


def spoken(document: str) -> str:
    without_style = re.sub(r"<style.*?</style>", "", document, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "\n", without_style))


@pytest.mark.parametrize(
    "faults",
    [{}, {"platform": "inspected"}, {"platform": "client_revoked", "careplan": "maintenance"}],
    ids=str,
)
async def test_no_english_sentence_is_shown_to_a_japanese_reader(faults):
    said: list[str] = []
    with use_language("ja"):
        report = await run_demo(None, faults, ("card_reader",), say=said.append)
        shown = [*said, *report_lines(report, "ja"), *spoken(render_html(report, "ja")).splitlines()]
    assert len(report.results) > 15
    assert not [line for line in shown if ENGLISH.search(line)]
