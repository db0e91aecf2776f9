"""The stage as the core runs it: through the plugin host, with readers of two drivers at once."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from card_rig import CONTACT
from face_service import NAME, FaceService
from kaigo_card_reader import plugin
from kaigo_card_reader.sandbox._personas import my_number_card
from kaigo_gateway import Gateway, Stage

pytest_plugins = ("kaigo_gateway.testing",)
EXAMPLE = Path(__file__).parents[2] / "examples/face_reader_driver"

EXPENSES = [
    {"kind": "card_reader", "model": "CIR315A", "quantity": 3, "amount": 19500, "incurred_on": "2026-06-01"},
    {"kind": "connection_support", "item": "reader_check", "amount": 8000, "incurred_on": "2026-06-01"},
]


@pytest.fixture
def acme(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLE))
    return importlib.import_module("acme_face_reader.plugin")


@pytest.mark.cardstack
async def test_readers_of_pcsc_and_of_a_vendor_are_exercised_in_one_stage(
    rig, acme, make_site, gateway_settings
):
    rig.place()
    with FaceService(my_number_card()) as face:
        settings = {"card_reader": {"readers": [CONTACT, NAME]}, "acme_face_reader": {"port": face.port}}
        site = make_site(plugins=settings, expenses=EXPENSES)
        async with Gateway(gateway_settings, plugins=[plugin, acme], discover_installed=False) as gateway:
            report = await gateway.check(site, Stage.READER)
    found = {(result.check_id, result.subject): result for result in report.results}
    assert found["reader.exercise", CONTACT].evidence["driver"] == "pcsc"
    assert found["reader.exercise", NAME].evidence["driver"] == "acme-face"
    assert found["reader.exercise", NAME].evidence["serials"] == ["F7-000001"]
    assert found["reader.purchase", "CIR315A"].reason_code == "READER_PURCHASE_PARTLY"
    assert report.overall == "warn"
