"""The example driver of examples/face_reader_driver: found by hook, behind the guard, honest in trouble."""

from __future__ import annotations

import importlib
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from card_rig import TODAY
from face_service import NAME, FaceService
from kaigo_card_reader import CardReaderSettings, Driver, InformedDriver, State, WatchingDriver
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.checks._run import exercise_all
from kaigo_card_reader.checks._service import service
from kaigo_card_reader.drivers._find import find_drivers
from kaigo_card_reader.drivers._limited import limit_driver
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


def test_a_driver_that_comes_by_hook_gets_the_sites_time_limit():
    with FaceService(my_number_card(), hang=threading.Event()) as face:
        plugin = importlib.import_module("acme_face_reader.plugin")
        host = PluginHost([plugin], discover_installed=False)
        settings = {"acme_face_reader": {"port": face.port, "limit": 60}}
        quick = CardReaderSettings(call_limit=0.3)
        found = find_drivers(quick, lambda hook: host.call_with_settings(hook, settings))
        assert exercise(found.drivers[0], NAME, quick, TODAY).code == "READER_HUNG"


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


class Broken:
    """A vendor's driver with a mistake or a hang at one of its calls."""

    name = "broken"

    def __init__(self, at, how):
        self.at, self.how, self.closed = at, how, threading.Event()
        self.card = my_number_card()
        self.atr = self.card.atr

    def _maybe(self, call):
        if call == self.at:
            self.how()

    def readers(self):
        self._maybe("list")
        return [NAME]

    def state(self, reader):
        self._maybe("state")
        return frozenset({State.PRESENT})

    def open(self, reader):
        self._maybe("connect")
        return self

    def transmit(self, apdu):
        self._maybe("transmit")
        return self.card.process(apdu)

    @contextmanager
    def transaction(self):
        self._maybe("begin")
        yield
        self._maybe("end")

    def close(self):
        self.closed.set()


@pytest.mark.parametrize("at", ["state", "connect", "begin", "transmit", "end"])
def test_a_mistake_in_a_driver_costs_one_reader_its_result_and_no_more(at):
    broken = limit_driver(Broken(at, lambda: {}["no such key"]), 5)
    with FaceService(my_number_card()) as face:
        found = exercise_all([broken, reader(face)], SETTINGS, TODAY)
    assert [finding.reason_code for finding in found] == ["READER_DRIVER_FAILED", "READER_EXERCISED"]
    assert "KeyError" in found[0].seen["step"]


@pytest.mark.parametrize("at", ["state", "connect", "transmit"])
def test_a_driver_without_a_limit_of_its_own_is_given_up_and_closed_when_it_comes_back(at):
    gate = threading.Event()
    broken = Broken(at, gate.wait)
    assert exercise(limit_driver(broken, 0.2), NAME, SETTINGS, TODAY).code == "READER_HUNG"
    gate.set()
    assert at == "state" or broken.closed.wait(5)


def test_a_driver_that_lists_with_a_mistake_is_named():
    (finding,) = service([limit_driver(Broken("list", lambda: 1 // 0), 5)], SETTINGS)
    assert (finding.reason_code, finding.subject) == ("READER_DRIVER_FAILED", "broken")


def test_an_answer_without_a_status_word_is_a_card_that_has_gone():
    class Torn(Broken):
        def transmit(self, apdu):
            return b""

    assert exercise(Torn("", None), NAME, SETTINGS, TODAY).code == "CARD_REMOVED"


def test_the_limit_adds_nothing_to_what_a_driver_can():
    assert isinstance(
        limit_driver(importlib.import_module("acme_face_reader.driver").AcmeFaceReader(1), 1), InformedDriver
    )
    assert not isinstance(limit_driver(Broken("", None), 1), InformedDriver)
