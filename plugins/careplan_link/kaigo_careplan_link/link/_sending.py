"""One sending: files that share a serial (標準仕様 4.1 本編 2.4)."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.site import Site

_CARE_MANAGER: Final = "43"
_JAPAN: Final = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Sending:
    """Files by name; ``unit`` names the sending unit, ``sample`` says that the people in it are invented."""

    serial: str
    unit: str
    sender: str
    receiver: str
    files: Mapping[str, bytes]
    sample: bool


def sample_sending(site: Site, partner: str, at: datetime | None = None) -> Sending:
    """A correct sending with invented people: plans from a care manager, else results."""
    from kaigo_careplan_link.files import write_sample

    stamp = (at or datetime.now(_JAPAN)).strftime("%Y%m%d%H%M%S")
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
