"""docs/card-readers.md says what the code does."""

from __future__ import annotations

import plistlib
import re
from pathlib import Path

import pytest
from kaigo_card_reader import CardReaderSettings
from kaigo_card_reader.checks._run import checks
from kaigo_card_reader.checks._standalone import TITLES
from kaigo_card_reader.cli import reader
from kaigo_card_reader.data import models
from kaigo_card_reader.drivers._codes import CODES
from kaigo_card_reader.sandbox._service import FAULTS

PAGE = (Path(__file__).parents[2] / "docs/card-readers.md").read_text(encoding="utf-8")
LIBCCID = Path("/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist")


def test_every_code_stands_in_the_table_with_its_reason():
    rows = re.findall(r"^\| ([0-9A-F]{8}) \| (\w+) \| .* \| `(\w+)` \|$", PAGE, re.MULTILINE)
    assert {int(number, 16): (name, reason) for number, name, reason in rows} == {
        number: (code.name, code.reason) for number, code in CODES.items()
    }


@pytest.mark.parametrize("check_id", sorted({*TITLES, *(check.id for check in checks())}))
def test_every_check_is_documented(check_id):
    assert f"| `{check_id}` |" in PAGE


@pytest.mark.parametrize("name", CardReaderSettings.model_fields)
def test_every_setting_is_documented(name):
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize(
    "option",
    [
        option
        for command in reader.commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    ],
)
def test_every_option_is_documented(option):
    assert option in PAGE


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_the_sandbox_is_documented(fault):
    assert f"`{fault}`" in PAGE


def test_what_is_said_of_libccid_is_what_libccid_says():
    if not LIBCCID.is_file():
        pytest.skip("libccid is not installed")
    names = plistlib.loads(LIBCCID.read_bytes())["ifdFriendlyName"]
    for model in models():
        if model.source.startswith("libccid"):
            assert [name for name in names if model.matches(name)], model.name
