"""Papers made of the invented Setup, and their text."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from factories import assessed, view
from kaigo_subsidy.papers import exporters

EVERY = {exporter.name: exporter for exporter in exporters()}


PDFS = [name for name in EVERY if name.endswith("-pdf")]


SHEETS = [name for name in EVERY if name.endswith("-xlsx")]


PAGES = [name for name, exporter in EVERY.items() if exporter.media_type == "text/html"]


def made(name, setup=None, *, judge=True):
    setup = setup or view()
    return EVERY[name].render(setup, assessed(setup) if judge else None)


def text_of_page(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def text_of_pdf(data, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(data)
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext")
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True)
    return done.stdout.decode()
