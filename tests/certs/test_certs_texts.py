"""Every reason code has its words in both languages, a remedy and someone who acts; and is used."""

from __future__ import annotations

import re
from pathlib import Path

import kaigo_certs
import kaigo_gateway
import pytest
from kaigo_certs import all_texts
from kaigo_certs._errors import CertificateError
from kaigo_certs.reading._passwords import VARIANTS

TEXTS = list(all_texts().values())
ACTORS = {"office", "supporter", "network", "operator", "care_software_vendor"}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.code)
def test_a_trouble_has_a_remedy_and_someone_who_acts(text):
    if text.status in {"ok", "skip"}:
        assert not text.steps
    else:
        assert text.steps
        assert text.actor in ACTORS


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.code)
def test_every_sentence_is_there_in_japanese_with_the_same_places(text):
    error = CertificateError(text.code)
    english, japanese = error.text("en"), error.text("ja")
    assert japanese != english
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", japanese)
    assert japanese.encode("cp932")
    assert english.count("?") >= 0


def test_every_code_is_used_and_every_code_used_has_a_text():
    folder = Path(kaigo_certs.__file__).parent
    code = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*.py") if "texts" not in p.parts)
    core = Path(kaigo_gateway.__file__).parent / "certificate"
    code += "".join(p.read_text(encoding="utf-8") for p in core.rglob("*.py"))
    used = set(re.findall(r'"((?:CERT|VAULT|STORE|POLICY|BROWSER)_[A-Z0-9_]+)"', code))
    used |= {f"CERT_PASSWORD_{name.upper()}" for name in VARIANTS}
    assert used - {"STORE_NAMES"} == set(all_texts())
