"""The Japanese catalogues: whole, with their placeholders, and showable on a Japanese Windows console."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(
    path
    for top in ("gateway", "certs", "plugins")
    for path in (ROOT / top).glob("**/locale/ja/LC_MESSAGES/*.po")
)
PACKAGES = {
    "kaigo_gateway", "kaigo_certs", "kaigo_card_reader", "kaigo_platform_link", "kaigo_careplan_link",
    "kaigo_subsidy",
}  # fmt: skip


def messages(path: Path) -> list[tuple[str, str]]:
    with path.open("rb") as source:
        catalogue = read_po(source, locale="ja")
    pairs = []
    for message in catalogue:
        if isinstance(message.id, tuple):  # a plural: Japanese has one form
            pairs += [(" ".join(message.id), said) for said in message.string]
        elif message.id:
            pairs.append((message.id, message.string))
    return pairs


def placeholders(text: str) -> set[str]:
    if not re.search(r"[{}]", text):
        return set()
    named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return {re.sub("_(en|ja)$", "", name) for name in named}  # a value that comes in both languages


def kept(wanted: set[str], said: set[str]) -> bool:
    """Nothing invented, and nothing lost but what only one of two plural forms says."""
    return said <= wanted and len(wanted - said) <= (1 if {"choice", "possibility"} & wanted else 0)


def named(path: Path) -> str:
    return path.stem


def test_every_package_has_a_japanese_catalogue():
    assert {path.stem for path in CATALOGUES} >= PACKAGES


def test_no_message_lacks_its_japanese_and_none_is_fuzzy():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/catalogues.py", "--check"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_every_translation_keeps_the_placeholders(path):
    changed = {
        english: japanese
        for english, japanese in messages(path)
        if not kept(placeholders(english), placeholders(japanese))
    }
    assert not changed


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_every_translation_can_be_shown_in_cp932(path):
    lost = {}
    for english, japanese in messages(path):
        try:
            japanese.encode("cp932")
        except UnicodeEncodeError as error:
            lost[english] = japanese[error.start : error.end]
    assert not lost


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_no_message_id_is_blank(path):
    assert all(english.strip() for english, _ in messages(path))


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_no_japanese_sentence_ends_with_a_latin_full_stop(path):
    assert not [
        japanese for _, japanese in messages(path) if japanese.endswith((".", ",")) and not japanese.isascii()
    ]


ONE_WORD_FOR_ONE_THING = {
    r"フォルダ(?!ー)": "フォルダー",
    r"ブラウザ(?!ー)": "ブラウザー",
    r"サーバ(?!ー)": "サーバー",
    r"リーダ(?!ー)": "リーダー",
    r"ドライバ(?!ー)": "ドライバー",
    r"ベンダ(?!ー)": "ベンダー",
    r"運営者": "運営主体",
    r"導入作業": "セットアップ",
    r"制度": "事業",
}


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
@pytest.mark.parametrize("spelling", ONE_WORD_FOR_ONE_THING)
def test_one_thing_has_one_word_in_every_catalogue(path, spelling):
    """If this fails: write the word on the right of the table above."""
    assert not [japanese for _, japanese in messages(path) if re.search(spelling, japanese)]
