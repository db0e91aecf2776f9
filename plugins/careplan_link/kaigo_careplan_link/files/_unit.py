"""Rules over the files of one sending unit: which travel together, and whether their rows join."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._findings import Collector, Problem
from kaigo_careplan_link.files._report import FileReport, UnitReport
from kaigo_careplan_link.files._rows import TOTAL
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._tally import Key, bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kaigo_careplan_link.files._options import Options

_CHILDREN = {
    "UP1KYO": ("UP2KYO", "UP3KYO"),
    "UPPLAN": ("UPSIKYU",),
    "UPKIHON": ("UPKIHON_SUB1", "UPKIHON_SUB2"),
    "UPYOBO": ("UPYOBO_SUB",),
}
_EVERY_USER = {"UPSIKYU", "UP2KYO", "UPHOSOKU"}
"""Children in which every user of the parent has rows; annexes may be empty for a user."""


def check_unit(files: Sequence[FileReport], options: Options) -> UnitReport:
    """Compare the files of one serial between two offices."""
    first = files[0].name
    kinds = [file.name.kind for file in files if file.name.kind]
    report = UnitReport(
        first.stamp, first.sender, first.receiver, sorted(kinds), paths=[f.path for f in files]
    )
    collector = Collector(options.severities, show_values=options.show_values)
    report.unit = _name_of(set(kinds))
    by_kind = {file.name.kind: file for file in files if file.name.kind}
    for problem in (
        *_together(kinds, report.unit),
        *_names(files),
        *_joins(by_kind),
        *_services(by_kind),
        *_pictures(by_kind, files),
    ):
        collector.add(problem)
    report.findings = collector.sorted()
    return report


def _name_of(kinds: set[str]) -> str | None:
    for name, unit in standard().units.items():
        if set(unit.needs) <= kinds <= {*unit.needs, *unit.may}:
            return name
    return None


def _together(kinds: list[str], unit: str | None) -> Iterator[Problem]:
    twice = sorted(kind for kind, count in Counter(kinds).items() if count > 1 and kind != "UPKIHON_IMAGE")
    if twice:
        yield Problem("UNIT_KIND_TWICE", values={"kinds": twice})
    if unit is not None:
        return
    units = standard().units.values()
    overlapping = [u for u in units if set(kinds) & {*u.needs, *u.may} and set(kinds) <= {*u.needs, *u.may}]
    if overlapping:
        nearest = min(overlapping, key=lambda u: len(set(u.needs) - set(kinds)))
        missing = sorted(set(nearest.needs) - set(kinds))
        yield Problem(
            "UNIT_INCOMPLETE",
            values={"missing": missing, "unit": nearest.title.ja, "unit_en": nearest.title.en},
        )
    else:
        yield Problem("UNIT_NOT_TOGETHER", values={"kinds": sorted(set(kinds))})


def _names(files: Sequence[FileReport]) -> Iterator[Problem]:
    types = {(file.name.sender_service, file.name.receiver_service) for file in files}
    if len(types) > 1:
        yield Problem("UNIT_TYPES_DIFFER", values={"types": sorted("→".join(pair) for pair in types)})
    months = {file.name.month for file in files if file.name.kind != "UPHOSOKU"} - {""}
    supplements = {file.name.month for file in files if file.name.kind == "UPHOSOKU"} - {""}
    if len(months) > 1:
        yield Problem("UNIT_MONTHS_DIFFER", values={"months": sorted(months)})
    wanted = months or {"000000"}
    if supplements and len(files) > 1 and not supplements <= wanted:
        yield Problem(
            "UNIT_SUPPLEMENT_MONTH", values={"found": sorted(supplements), "wanted": sorted(wanted)}
        )


def _joins(by_kind: dict[str, FileReport]) -> Iterator[Problem]:
    for parent, children in _CHILDREN.items():
        if parent in by_kind:
            for child in (*children, "UPHOSOKU"):
                if child in by_kind:
                    yield from _join(by_kind[parent], by_kind[child])


def _join(parent: FileReport, child: FileReport) -> Iterator[Problem]:
    """Main part 2.3 and 3.3: insurer, insured person and plan day or month are the key."""
    if parent.keys is None or child.keys is None:
        return
    keys = (parent.keys, child.keys)
    if child.kind == "UPHOSOKU":  # its own key is insurer and insured person; zeros rules say the rest
        keys = ({key[:2] for key in parent.keys}, child.keys)
    kinds = {"parent": parent.kind, "child": child.kind}
    if child.kind in _EVERY_USER and (missing := len(keys[0] - keys[1])):
        yield Problem("UNIT_USER_MISSING", values={"count": missing, **kinds})
    if extra := len(keys[1] - keys[0]):
        yield Problem("UNIT_USER_EXTRA", values={"count": extra, **kinds})


def _services(by_kind: dict[str, FileReport]) -> Iterator[Problem]:
    """第6表 against 第7表: the same service codes of the same offices, and as many times."""
    plan, table = by_kind.get("UPPLAN"), by_kind.get("UPSIKYU")
    if plan is None or table is None or plan.keys is None or table.keys is None:
        return
    planned, tabled = _sums(plan.lines, each=True), _sums(table.lines, each=False)
    both = planned.keys() & tabled.keys()
    for code, count in (
        ("UNIT_LINE_ONLY_IN_FORM_6", len(planned.keys() - tabled.keys())),
        ("UNIT_LINE_ONLY_IN_FORM_7", len(tabled.keys() - planned.keys())),
        ("UNIT_TIMES_DIFFER", sum(planned[key][0] != tabled[key][0] for key in both)),
        ("UNIT_UNITS_DIFFER", sum(tabled[key][1] not in {0, planned[key][1]} for key in both)),
    ):
        if count:
            yield Problem(code, values={"count": count})


def _sums(lines: Counter[Key], *, each: bool) -> dict[Key, tuple[int, int]]:
    """Times and units per user, office and service code; ``each``: the units are those of one time."""
    sums: dict[Key, tuple[int, int]] = {}
    for line, rows in lines.items():
        *key, times, units = bare(line)
        code = key[-1].decode("ascii", "replace")
        if code == TOTAL or code[2:] in {"AAAA", "EEEE", "ZZZZ"}:
            continue
        count = rows * _number(times)
        before = sums.get(tuple(key), (0, 0))
        sums[tuple(key)] = (before[0] + count, before[1] + _number(units) * (count if each else rows))
    return sums


def _number(raw: bytes) -> int:
    return int(raw) if raw.isdigit() else 0


def _pictures(by_kind: dict[str, FileReport], files: Sequence[FileReport]) -> Iterator[Problem]:
    basic = by_kind.get("UPKIHON")
    if basic is None or basic.keys is None:
        return
    there = {file.name.text.upper() for file in files if file.name.kind == "UPKIHON_IMAGE"}
    named = {raw.strip(b'"').decode("cp932", "replace").upper() for raw in basic.pictures} - {""}
    if missing := len(named - there):
        yield Problem("UNIT_PICTURE_MISSING", values={"count": missing})
    if extra := len(there - named):
        yield Problem("UNIT_PICTURE_EXTRA", values={"count": extra})
