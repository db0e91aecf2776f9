"""The example driver of examples/face_reader_driver: found by hook, behind the guard, honest in trouble."""

from __future__ import annotations

import importlib
import sys
import threading
from pathlib import Path

import pytest
from card_rig import TODAY
from face_service import NAME, FaceService
from kaigo_card_reader import CardReaderSettings, Driver, InformedDriver, WatchingDriver
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.checks._service import service
from kaigo_card_reader.drivers._find import find_drivers
from kaigo_card_reader.sandbox._personas import my_number_card, other_card
from kaigo_gateway.plugins import PluginHost

EXAMPLE = Path(__file__).parents[2] / "examples/face_reader_driver"
SETTINGS = CardReaderSettings()


@pytest.fixture(autouse=True)
def example(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLE))
    yield importlib.import_module("acme_face_reader.driver")
    for name in [name for name in sys.modules if name.startswith("acme_face_reader")]:
        del sys.modules[name]


def reader(face: FaceService, limit: float = 5.0):
    return importlib.import_module("acme_face_reader.driver").AcmeFaceReader(face.port, limit)


def test_it_is_a_driver_that_informs_but_does_not_watch(example):
    driver = example.AcmeFaceReader(1)
    assert isinstance(driver, Driver)
    assert isinstance(driver, InformedDriver)
    assert not isinstance(driver, WatchingDriver)


def test_a_card_on_the_face_reader_is_exercised_like_on_any_reader():
    card = my_number_card()
    with FaceService(card) as face:
        report = exercise(reader(face), NAME, SETTINGS, TODAY)
    assert report.code == "READER_EXERCISED"
    assert report.evidence()["serials"] == ["F7-000001"]
    assert face.begun == 1
    assert card.pins_received == 0


def test_the_guard_stands_between_the_exercise_and_the_vendors_service():
    with FaceService(my_number_card()) as face:
        exercise(reader(face), NAME, SETTINGS, TODAY)
    assert all(command[1] != 0x20 or command == b"\x00\x20\x00\x80" for command in face.commands)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "READER_GONE"),
        (409, "READER_IN_USE"),
        (410, "CARD_REMOVED"),
        (422, "CARD_MUTE"),
        (500, "READER_TROUBLE"),
    ],
)
def test_each_trouble_of_the_service_has_its_reason_code(status, code):
    with FaceService(my_number_card(), status=status) as face:
        assert exercise(reader(face), NAME, SETTINGS, TODAY).code == code


def test_no_card_and_another_card_are_told():
    with FaceService() as face:
        assert exercise(reader(face), NAME, SETTINGS, TODAY).code == "READER_NO_CARD"
        face.card = other_card()
        assert exercise(reader(face), NAME, SETTINGS, TODAY).code == "CARD_NOT_MY_NUMBER"


def test_a_hanging_service_is_given_up():
    with FaceService(my_number_card(), hang=threading.Event()) as face:
        assert exercise(reader(face, 0.3), NAME, SETTINGS, TODAY).code == "READER_HUNG"


def test_a_service_that_is_not_there_is_down():
    with FaceService() as face:
        driver = reader(face)
    (finding,) = service([driver], SETTINGS)
    assert (finding.reason_code, finding.subject) == ("READER_SERVICE_DOWN", "acme-face")


def test_the_hook_brings_the_driver_with_its_own_settings():
    with FaceService(my_number_card()) as face:
        plugin = importlib.import_module("acme_face_reader.plugin")
        host = PluginHost([plugin], discover_installed=False)
        settings = {"acme_face_reader": {"port": face.port}}
        found = find_drivers(SETTINGS, lambda hook: host.call_with_settings(hook, settings))
        assert not found.problems
        assert [driver.readers() for driver in found.drivers] == [[NAME]]


def test_wrong_settings_of_a_vendor_are_a_visible_error_and_the_others_go_on():
    plugin = importlib.import_module("acme_face_reader.plugin")
    from kaigo_card_reader import plugin as ours

    host = PluginHost([ours, plugin], discover_installed=False)
    settings = {"acme_face_reader": {"port": "none"}}
    found = find_drivers(SETTINGS, lambda hook: host.call_with_settings(hook, settings))
    assert [driver.name for driver in found.drivers] == ["pcsc"]
    (problem,) = found.problems
    assert (problem.reason_code, problem.status, problem.subject) == (
        "READER_DRIVER_BROKEN",
        "error",
        "acme_face_reader",
    )


def test_a_stopped_pcsc_service_is_only_a_notice_while_the_face_reader_is_listed():
    from kaigo_card_reader import DriverError

    class Down:
        name = "pcsc"

        def readers(self):
            raise DriverError("READER_SERVICE_DOWN", "establish", 0x8010001D)

        def state(self, reader):
            raise AssertionError(reader)

        def open(self, reader):
            raise AssertionError(reader)

    with FaceService(my_number_card()) as face:
        findings = {f.reason_code: f.status for f in service([Down(), reader(face)], SETTINGS)}
    assert findings == {"READER_SERVICE_UP": "ok", "READER_SERVICE_DOWN": "warn"}
