"""Ready for January 2027? Judges a folder of past sendings, office by office."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from kaigo_gateway.i18n import current_language

from kaigo_careplan_link.files._options import options_for
from kaigo_careplan_link.files._rules import rules
from kaigo_careplan_link.files._standard import standard
from kaigo_careplan_link.files._validate import Checking, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kaigo_careplan_link.files._report import FileReport, UnitReport

Verdict = Literal["ready", "fix_first", "not_ready", "unknown"]
_OLD = {"201910", "202003", "202208"}


@dataclass(slots=True)
class OfficeReadiness:
    """What one sending office has sent so far.

    ``ready``: its newest files are of 4.1 and have no errors. ``fix_first``: they are of 4.1 (or meant to be)
    but have errors. ``not_ready``: its newest files are of 3.x. ``unknown``: no file tells.
    """

    office: str
    files: int = 0
    last_stamp: str = ""
    versions: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    last_versions: set[str] = field(default_factory=set)
    last_errors: Counter[str] = field(default_factory=Counter)

    @property
    def verdict(self) -> Verdict:
        """The word for this office, by its newest sending; older mistakes are only counted."""
        if self.last_versions & _OLD or "NAME_VERSION_3" in self.last_errors:
            return "not_ready"
        if not self.last_versions:
            return "unknown"
        return "fix_first" if self.last_errors else "ready"

    def take(self, file: FileReport) -> None:
        """Count one file."""
        self.files += 1
        errors = [finding.code for finding in file.findings if finding.severity == "error"]
        self.errors.update(errors)
        if file.version:
            self.versions[file.version] += 1
        if file.name.stamp < self.last_stamp:
            return
        if file.name.stamp > self.last_stamp:
            self.last_stamp = file.name.stamp
            self.last_versions, self.last_errors = set(), Counter()
        self.last_errors.update(errors)
        if file.version:
            self.last_versions.add(file.version)

    def take_unit(self, unit: UnitReport) -> None:
        """Count what is wrong with a whole unit."""
        errors = [finding.code for finding in unit.findings if finding.severity == "error"]
        self.errors.update(errors)
        if unit.serial == self.last_stamp:
            self.last_errors.update(errors)

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """JSON types, with what to do for each error of the newest sending."""
        language = language or current_language()
        todo = [
            {
                "code": code,
                "count": count,
                "fix": rules()[code].fix.text(language),
                "actor": rules()[code].actor,
            }
            for code, count in self.last_errors.most_common()
        ]
        return {
            "office": self.office,
            "verdict": self.verdict,
            "files": self.files,
            "last_serial": self.last_stamp,
            "versions": dict(self.versions),
            "errors": dict(self.errors),
            "todo": todo,
        }


@dataclass(slots=True)
class Readiness:
    """The report over all offices."""

    offices: list[OfficeReadiness]
    without_office: int = 0

    @property
    def overall(self) -> Literal["ok", "warn", "fail"]:
        """``ok`` when every office is ready, ``fail`` when one is not, ``warn`` when nothing can be said."""
        verdicts = {office.verdict for office in self.offices}
        if verdicts & {"not_ready", "fix_first"}:
            return "fail"
        return "ok" if verdicts == {"ready"} else "warn"

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """JSON types (schema kaigo-gateway/careplan-readiness/1)."""
        return {
            "schema": "kaigo-gateway/careplan-readiness/1",
            "overall": self.overall,
            "standard": standard().version,
            "from_month": standard().move_month,
            "offices": [office.as_dict(language) for office in self.offices],
            "files_without_office": self.without_office,
            "unconfirmed": list(standard().unconfirmed),
        }


def readiness(paths: Iterable[Path | str], *, jobs: int = 1, progress: Progress | None = None) -> Readiness:
    """Judge past sendings below ``paths``; ``InputError`` where there are none. Source: vol.1505."""
    offices: dict[str, OfficeReadiness] = {}
    result = Readiness([])
    for files, unit in Checking(paths, options_for("standard"), jobs=jobs, progress=progress):
        for file in files:
            if not file.name.sender:
                result.without_office += 1
            elif file.kind != "UPKIHON_IMAGE":
                offices.setdefault(file.name.sender, OfficeReadiness(file.name.sender)).take(file)
        if unit is not None and unit.sender in offices:
            offices[unit.sender].take_unit(unit)
    result.offices = [offices[number] for number in sorted(offices)]
    return result
