"""What a sample is asked for, and the invented people in it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass

from kaigo_careplan_link.files._standard import standard

Rows = list[dict[str, str]]
Tables = dict[str, tuple[str, "Rows | bytes"]]
"""Per kind: the month for the name, and the records by English key (or the bytes of a picture)."""

_GIVEN = (
    ("花子", "ハナコ", "2"),
    ("太郎", "タロウ", "1"),
    ("さくら", "サクラ", "2"),
    ("一郎", "イチロウ", "1"),
)
INSURER = "991018"
"""Not a municipality's number: prefectures end at 47."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented user."""

    insured: str
    name: str
    kana: str
    sex: str
    birth: str


@dataclass(frozen=True, slots=True)
class Order:
    """The parts of the sending; see :func:`kaigo_careplan_link.files.write_sample`."""

    sender: str
    sender_service: str
    receiver: str
    receiver_service: str
    month: str
    stamp: str
    people: int

    def users(self) -> list[Person]:
        """Invented users 見本 …; the last of several stands for 生保単独 (H number)."""
        people = []
        for index in range(self.people):
            given, kana, sex = _GIVEN[index % len(_GIVEN)]
            number = f"{9900000001 + index}"
            if self.people > 1 and index == self.people - 1:
                number = f"H{900000001 + index}"
            birth = f"19{30 + index % 15}0{1 + index % 9}1{index % 9}"
            people.append(Person(number, f"見本　{given}", f"ミホン　{kana}", sex, birth))
        return people

    @property
    def first_day(self) -> str:
        """The first day of the service month, YYYYMMDD."""
        return self.month + "01"

    def days(self) -> list[str]:
        """Every Monday and Thursday of the month, YYYYMMDD."""
        year, month = int(self.month[:4]), int(self.month[4:])
        length = calendar.monthrange(year, month)[1]
        wanted = [d for d in range(1, length + 1) if calendar.weekday(year, month, d) in {0, 3}]
        return [f"{self.month}{day:02d}" for day in wanted]

    def keys(self, person: Person) -> dict[str, str]:
        """The three items that every kind begins with."""
        return {
            "csv_version": standard().csv_version,
            "insurer_number": INSURER,
            "insured_number": person.insured,
        }
