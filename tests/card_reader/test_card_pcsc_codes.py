"""What the virtual reader cannot do: codes of Windows, attributes. A stand-in for pyscard answers."""

from __future__ import annotations

import pytest
from card_rig import TODAY
from kaigo_card_reader import CardReaderSettings, PcscDriver, ReaderInfo
from kaigo_card_reader.checks._exercise import exercise
from kaigo_card_reader.checks._service import service
from kaigo_card_reader.drivers import _pcsc
from kaigo_card_reader.drivers._codes import RESET
from kaigo_card_reader.sandbox._personas import my_number_card

NAME = "Maker Model X 0"
PRESENT = 0x20


def signed(number: int) -> int:
    """As pyscard gives numbers on some platforms."""
    return number - (1 << 32) if number & 0x80000000 else number


class Scard:
    """pyscard's low-level module as far as the driver uses it; ``fails``: the code that a call gives."""

    SCARD_SCOPE_USER = 0
    SCARD_STATE_UNAWARE, SCARD_STATE_CHANGED = 0, 2
    SCARD_STATE_UNKNOWN, SCARD_STATE_UNAVAILABLE, SCARD_STATE_EMPTY = 4, 8, 0x10
    SCARD_STATE_PRESENT, SCARD_STATE_EXCLUSIVE, SCARD_STATE_INUSE = PRESENT, 0x80, 0x100
    SCARD_STATE_MUTE, SCARD_STATE_UNPOWERED = 0x200, 0x400
    SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1 = 2, 1, 2
    SCARD_PCI_T0, SCARD_PCI_T1 = 1, 2
    SCARD_LEAVE_CARD, SCARD_RESET_CARD = 0, 1
    SCARD_ATTR_VENDOR_NAME, SCARD_ATTR_VENDOR_IFD_TYPE = "vendor", "model"
    SCARD_ATTR_VENDOR_IFD_SERIAL_NO, SCARD_ATTR_VENDOR_IFD_VERSION = "serial", "version"

    def __init__(self, fails=None, attributes=None, resets=()):
        self.fails, self.attributes, self.resets = fails or {}, attributes or {}, list(resets)
        self.card, self.freed, self.opened = my_number_card(), 0, 0

    def _result(self, call):
        return signed(self.fails.get(call, 0))

    def SCardEstablishContext(self, scope):
        self.opened += not self._result("establish")
        return self._result("establish"), 1

    def SCardReleaseContext(self, context):
        self.freed += 1
        return 0

    def SCardListReaders(self, context, groups):
        return self._result("list"), [NAME]

    def SCardGetStatusChange(self, context, timeout, states):
        return self._result("state"), [(name, PRESENT, list(self.card.atr)) for name, _ in states]

    def SCardConnect(self, context, reader, share, protocols):
        assert share == self.SCARD_SHARE_SHARED
        self.card.reset()
        return self._result("connect"), 7, 2

    def SCardBeginTransaction(self, handle):
        return self._result("begin")

    def SCardTransmit(self, handle, protocol, command):
        if self.resets and len(self.card.log) == self.resets[0]:
            self.resets.pop(0)
            self.card.reset()
            return signed(RESET), []
        return self._result("transmit"), list(self.card.process(bytes(command)))

    def SCardEndTransaction(self, handle, how):
        return 0

    def SCardDisconnect(self, handle, how):
        assert how == self.SCARD_LEAVE_CARD
        return 0

    def SCardGetAttrib(self, handle, number):
        value = self.attributes.get(number)
        return (0, list(value)) if value else (signed(0x80100016), [])


@pytest.fixture
def use(monkeypatch):
    def install(**given):
        fake = Scard(**given)
        monkeypatch.setattr(_pcsc, "scard", lambda: fake)
        return fake

    return install


def run():
    return exercise(PcscDriver(), NAME, CardReaderSettings(), TODAY)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0x8010001D, "READER_SERVICE_DOWN"),
        (0x8010001E, "READER_SERVICE_DOWN"),
        (0x00000109, "READER_REMOTE_SESSION"),
        (0x80101234, "READER_TROUBLE"),
    ],
)
def test_codes_of_the_service(use, number, code):
    use(fails={"establish": number})
    (finding,) = service([PcscDriver()], CardReaderSettings())
    assert finding.reason_code == code


def test_no_reader_at_all_is_not_a_trouble_of_the_service(use):
    use(fails={"list": 0x8010002E})
    (finding,) = service([PcscDriver()], CardReaderSettings())
    assert finding.reason_code == "READER_NONE"


@pytest.mark.parametrize("call", ["state", "connect", "begin", "transmit"])
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0x80100017, "READER_GONE"),
        (0x8010001E, "READER_SERVICE_DOWN"),
        (0x80100066, "CARD_MUTE"),
        (0x80100069, "CARD_REMOVED"),
        (0x80100016, "CARD_REMOVED"),
        (0x80100065, "CARD_PROTOCOL"),
        (0x8010000F, "CARD_PROTOCOL"),
        (0x80101234, "READER_TROUBLE"),
    ],
)
def test_each_code_is_the_same_trouble_wherever_it_comes(use, call, number, code):
    fake = use(fails={call: number})
    report = run()
    assert report.code == code
    assert fake.freed == fake.opened or _soon(lambda: fake.freed == fake.opened)


def test_an_unknown_code_is_shown_with_number_and_step(use):
    use(fails={"transmit": 0x80101234})
    assert (run().seen["name"], run().seen["step"]) == ("0x80101234", "transmit")


def test_a_card_reset_while_it_is_read_is_read_once_more_from_the_beginning(use):
    fake = use(resets=[5])
    report = run()
    assert (report.code, report.tries) == ("READER_EXERCISED", {"auth": 3, "sign": 5, "text": 3})
    assert fake.card.pins_received == 0


def test_a_card_reset_again_and_again_is_given_up(use):
    use(resets=[5, 9])
    assert run().code == "CARD_RESET"


def test_a_reader_tells_maker_model_serial_and_firmware(use):
    use(
        attributes={
            "vendor": b"Maker\0",
            "model": b"Model X",
            "serial": b"AB123456\0\0",
            "version": bytes([0x2A, 0x01, 0x05, 0x02]),
        }
    )
    assert PcscDriver().info(NAME) == ReaderInfo("Maker", "Model X", "AB123456", "2.5.298")
    assert run().evidence()["serials"] == ["AB123456"]


def test_a_reader_that_tells_nothing_is_no_trouble(use):
    use()
    assert PcscDriver().info(NAME) == ReaderInfo()


def test_the_serial_number_in_a_name_of_libccid_is_used(use):
    use()
    assert PcscDriver().info("Gemalto PC Twin Reader (70D7E2EE) 00 00").serial == "70D7E2EE"


def _soon(reached):
    import time

    limit = time.monotonic() + 5
    while not reached() and time.monotonic() < limit:
        time.sleep(0.005)
    return reached()
