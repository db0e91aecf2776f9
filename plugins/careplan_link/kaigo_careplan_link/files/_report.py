"""The report of a check: files, units, and the overall word (schema kaigo-gateway/careplan/1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kaigo_careplan_link.files._findings import Finding
    from kaigo_careplan_link.files._name import Name
    from kaigo_careplan_link.files._tally import Key

SCHEMA = "kaigo-gateway/careplan/1"
Overall = Literal["ok", "warn", "fail", "error"]


def overall_of(findings: Iterable[Finding]) -> Overall:
    """``fail`` with an error, ``warn`` with a warning, otherwise ``ok`` (notices are only for reading)."""
    words = {finding.severity for finding in findings}
    return "fail" if "error" in words else "warn" if "warning" in words else "ok"


@dataclass(slots=True)
class FileReport:
    """What was found in one file. ``keys``, ``lines`` and ``pictures`` serve the comparison inside a unit."""

    path: str
    name: Name
    kind: str | None = None
    version: str | None = None
    encoding: str | None = None
    rows: int = 0
    size: int = 0
    findings: list[Finding] = field(default_factory=list)
    not_shown: dict[str, int] = field(default_factory=dict)
    keys: set[Key] | None = None
    lines: Counter[Key] = field(default_factory=Counter)
    pictures: set[bytes] = field(default_factory=set)

    @property
    def overall(self) -> Overall:
        """The word for this file."""
        return overall_of(self.findings)

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """The file as JSON types."""
        return {
            "path": self.path,
            "kind": self.kind,
            "version": self.version,
            "encoding": self.encoding,
            "rows": self.rows,
            "bytes": self.size,
            "overall": self.overall,
            "findings": [finding.as_dict(language) for finding in self.findings],
            "not_shown": self.not_shown,
        }


@dataclass(slots=True)
class UnitReport:
    """One sending unit: the files of one serial between two offices."""

    serial: str
    sender: str
    receiver: str
    kinds: list[str]
    unit: str | None = None
    paths: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def overall(self) -> Overall:
        """The word for the findings of the unit itself."""
        return overall_of(self.findings)

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """The unit as JSON types."""
        return {
            "serial": self.serial,
            "sender": self.sender,
            "receiver": self.receiver,
            "unit": self.unit,
            "kinds": self.kinds,
            "paths": self.paths,
            "overall": self.overall,
            "findings": [finding.as_dict(language) for finding in self.findings],
        }


@dataclass(slots=True)
class Report:
    """The whole check; ``exit_code`` is 0 for ``ok`` and ``warn``, 1 for ``fail``."""

    profile: str
    files: list[FileReport] = field(default_factory=list)
    units: list[UnitReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """Findings about the input as a whole and about the order of sending."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Single rules judged otherwise than the profile says, code to severity."""

    def all_findings(self) -> Iterable[Finding]:
        """Every finding, whatever it belongs to."""
        for file in self.files:
            yield from file.findings
        for unit in self.units:
            yield from unit.findings
        yield from self.findings

    @property
    def overall(self) -> Overall:
        """``ok``, ``warn`` or ``fail``."""
        return overall_of(self.all_findings())

    @property
    def exit_code(self) -> int:
        """0 or 1, as everywhere in the gateway."""
        return 1 if self.overall == "fail" else 0

    def codes(self) -> Counter[str]:
        """How often each code was found, also where findings were only counted."""
        counts = Counter(finding.code for finding in self.all_findings())
        for file in self.files:
            counts.update(file.not_shown)
        return counts

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """The report as JSON types (schema kaigo-gateway/careplan/1)."""
        return {
            "schema": SCHEMA,
            "overall": self.overall,
            "profile": self.profile,
            "rules": dict(self.rules),
            "files": [file.as_dict(language) for file in self.files],
            "units": [unit.as_dict(language) for unit in self.units],
            "findings": [finding.as_dict(language) for finding in self.findings],
        }
