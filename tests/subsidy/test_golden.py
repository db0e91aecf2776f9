"""Papers compared as text with golden/*.txt, so that a change of wording is seen and meant.

After a meant change: ``KAIGO_WRITE_GOLDEN=1 pytest tests/subsidy/test_golden.py``, then read the difference.
"""

from __future__ import annotations

import json
import os
import re
from html import unescape
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from factories import assessed, view
from kaigo_subsidy.papers import exporters

GOLDEN = Path(__file__).parent / "golden"
EVERY = {exporter.name: exporter for exporter in exporters()}
COMPARED = [
    "claim-summary",
    "portal-sheet",
    "receipt-breakdown",
    "completion-report",
    "expenses-csv",
    "expenses-json",
    "calendar-ics",
]


def plain(name, data):
    if EVERY[name].media_type != "text/html":
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    body = re.sub(r"<(style|title)>.*?</\1>", "", data.decode(), flags=re.DOTALL)
    body = re.sub(r"</t[dh]>\s*<t[dh][^>]*>", " | ", body)
    lines = [unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in body.splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("simulated", [False, True], ids=["real", "simulated"])
@pytest.mark.parametrize("name", COMPARED)
def test_the_paper_says_what_the_golden_text_says(name, simulated):
    setup = view(simulated=simulated)
    text = plain(name, EVERY[name].render(setup, assessed(setup)))
    text = re.sub(r"SHA-256 [0-9a-f]{64}", "SHA-256 (of the rule file)", text)
    path = GOLDEN / f"{name}-{'simulated' if simulated else 'real'}.txt"
    if os.environ.get("KAIGO_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("judge", [True, False])
def test_the_json_record_follows_its_published_schema(judge):
    schema = json.loads(
        (files("kaigo_subsidy.papers") / "expense-record.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    setup = view()
    record = json.loads(EVERY["expenses-json"].render(setup, assessed(setup) if judge else None))
    jsonschema.validate(record, schema)
