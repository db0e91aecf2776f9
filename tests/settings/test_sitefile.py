"""The site file: what ``setup new`` writes, what a site keeps, what it refuses."""

from __future__ import annotations

import json
import tomllib

import pytest
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import use_language
from kaigo_gateway.model.site import Site
from kaigo_gateway.sitefile import merged, read_site, site_document
from kaigo_gateway.sitetemplate import site_template

SITE = """
[office]
number = "1370000001"
name = "架空の事業所"
services = ["11", "2A"]
[supporter]
name = "架空の支援事業者"
[certificate]
file = "client.p12"
password = { "$env" = "ACME_P12" }
"""


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_template_is_toml_in_both_languages_and_its_commented_lines_are_right_too(language):
    with use_language(language):
        text = site_template()
    assert tomllib.loads(text)["schema"] == 1
    live = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and ("=" in line or "[[" in line) else line
        for line in text.splitlines()
    )
    document = tomllib.loads(live)
    document["office"] |= {"number": "1370000001", "name": "x", "services": ["11"]}
    document["supporter"]["name"] = "y"
    document["platform"]["url"] = document["careplan"]["url"] = "https://localhost/"
    site = Site.model_validate(document)
    assert [line.kind.value for line in site.expenses] == ["card_reader", "connection_support"]


def test_an_unfilled_template_is_refused_with_the_first_place_to_fill_in(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(site_template(), encoding="utf-8")
    with pytest.raises(InputError, match=r"office\.number"):
        read_site(path)


def test_a_site_keeps_references_to_secrets_never_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("ACME_P12", "swordfish")
    path = tmp_path / "site.toml"
    path.write_text(SITE, encoding="utf-8")
    kept = json.dumps(site_document(read_site(path)), ensure_ascii=False)
    assert "ACME_P12" in kept
    assert "swordfish" not in kept


def test_a_site_survives_the_ledger_unchanged(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(SITE, encoding="utf-8")
    site = read_site(path)
    kept = json.loads(json.dumps(site_document(site)))
    assert Site.model_validate(kept["site"]) == site.model_copy(
        update={"base": Site.model_fields["base"].default}
    )
    assert kept["base"] == str(tmp_path)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (('number = "1370000001"', 'number = "137000000"'), "office.number"),
        (('number = "1370000001"', 'number = "13I0000001"'), "office.number"),
        (('number = "1370000001"', "number = 1370000001"), "office.number"),
        (('services = ["11", "2A"]', "services = []"), "office.services"),
        (('services = ["11", "2A"]', "services = [11]"), "office.services"),
        (("[supporter]", '[supporter]\nregistration_number = "123"'), "supporter.registration_number"),
        (("[certificate]", "[certificat]"), "certificat"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_in_both_languages(change, place, tmp_path):
    path = tmp_path / "site.toml"
    assert change[0] in SITE
    path.write_text(SITE.replace(*change), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_site(path)
    for language in ("en", "ja"):
        assert place in caught.value.text(language)
        assert str(path) in caught.value.text(language)


def test_a_site_file_cannot_call_itself_simulated(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text("simulated = true\n" + SITE, encoding="utf-8")
    with pytest.raises(InputError, match="simulated"):
        read_site(path)


def test_a_byte_order_mark_is_fine_and_cp932_is_named(tmp_path):
    path = tmp_path / "site.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SITE.encode())
    assert read_site(path).office.services == ("11", "2A")
    path.write_bytes(SITE.encode("cp932"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_site(path)


def test_an_overlay_is_laid_table_by_table_and_leaves_its_sources_alone():
    below = {"platform": {"url": "a", "ca_file": "b"}, "x": [1]}
    above = {"platform": {"url": "c"}, "y": {"z": 1}}
    assert merged(below, above) == {"platform": {"url": "c", "ca_file": "b"}, "x": [1], "y": {"z": 1}}
    assert below["platform"]["url"] == "a"
