"""One sending: files that share a serial (標準仕様 4.1 本編 2.4)."""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kaigo_gateway.model.site import Site

_CARE_MANAGER: Final = "43"
_DOMAIN: Final = "kaigo_careplan_link"
_SIZE_LIMIT: Final = 64 * 1024 * 1024
_NAME: Final = re.compile(
    r"^(?P<kind>[A-Z0-9_]+?)_(?:(?P<ym>[0-9]{6})_)?(?P<sender>[0-9A-Z]{10})_(?P<from>[0-9A-Z]{2})_"
    r"(?P<receiver>[0-9A-Z]{10})_(?P<to>[0-9A-Z]{2})_(?P<serial>[0-9]{14})(?:_[0-9]{4})?\.(?:CSV|jpg)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sending:
    """Files by name; ``unit`` names the sending unit, ``sample`` says that the people in it are invented."""

    serial: str
    unit: str
    sender: str
    receiver: str
    files: Mapping[str, bytes]
    sample: bool


def serial_of(setup_id: str, today: date) -> str:
    """The serial of a Setup's sample: the same whenever the Setup is resumed, another for another Setup."""
    second = int.from_bytes(hashlib.sha256(setup_id.encode()).digest()[:8], "big") % 86_400
    moment = datetime.combine(today, time(), tzinfo=UTC) + timedelta(seconds=second)
    return moment.strftime("%Y%m%d%H%M%S")


def sample_sending(site: Site, partner: str, stamp: str) -> Sending:
    """A correct sending with invented people: plans from a care manager, else results.

    ``stamp`` is its serial, 14 digits.
    """
    from kaigo_careplan_link.files import write_sample

    plans = _CARE_MANAGER in site.office.services
    unit = "home-2" if plans else "service-1"
    own = _CARE_MANAGER if plans else site.office.services[0]
    other = "11" if plans else _CARE_MANAGER
    with tempfile.TemporaryDirectory(prefix="kaigo-rehearsal-") as folder:
        paths = write_sample(
            Path(folder),
            sender=site.office.number,
            sender_service=own,
            receiver=partner,
            receiver_service=other,
            month=stamp[:6],
            stamp=stamp,
            unit=unit,
        )
        files = {path.name: path.read_bytes() for path in paths}
    return Sending(stamp, unit, site.office.number, partner, files, sample=True)


def sending_from(path: Path) -> Sending:
    """The sending in a folder or ZIP; raises :class:`InputError` if it is not exactly one."""
    try:
        files = dict(_members(path))
    except (OSError, zipfile.BadZipFile) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(
            N_("The sending {path} cannot be read: {why}."),
            N_("Name a folder or a ZIP with the files of one sending ([careplan] files)."),
            domain=_DOMAIN,
            path=path.name,
            why=why,
        ) from None
    heads = {match.group("sender", "receiver", "serial") for name in files if (match := _NAME.match(name))}
    if len(heads) != 1 or not all(map(_NAME.match, files)):
        raise InputError(
            N_("{path} does not hold exactly one sending."),
            N_("Put the files of one sender, one receiver and one serial there, and nothing else."),
            domain=_DOMAIN,
            path=path.name,
        )
    sender, receiver, serial = heads.pop()
    kinds = "+".join(sorted(match["kind"].upper() for name in files if (match := _NAME.match(name))))
    return Sending(serial, kinds, sender, receiver, files, sample=False)


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of a folder's or a ZIP's files; more than 64 MiB in all is refused."""
    left = _SIZE_LIMIT
    if path.is_dir():
        for each in sorted(path.iterdir()):
            if each.is_file() and not each.name.startswith("."):
                left = _within(left - each.stat().st_size)
                yield each.name, each.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                left = _within(left - info.file_size)
                yield info.filename.rpartition("/")[2], archive.read(info)


def _within(left: int) -> int:
    if left < 0:
        raise OSError(27, "more than 64 MiB")
    return left
