"""What the commands of ``careplan`` print: results as they are done, explanations, changes."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
from kaigo_gateway.cli.toolkit import finish, print_json, say
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from kaigo_careplan_link.files import FileReport, Finding, UnitReport
    from kaigo_careplan_link.files._validate import Checking

_DOMAIN = "kaigo_careplan_link"


def t(message: str, **values: object) -> str:
    """``message`` in the user's language, filled."""
    return fill(translate(message, _DOMAIN), values)


def progress(*, quiet: bool) -> Callable[[int, int], None] | None:
    """A line that counts on a terminal; nothing where the output is read by a program."""
    if quiet or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done}/{total}", err=True, nl=done == total)

    return show


def print_whole(checking: Checking) -> None:
    from kaigo_careplan_link.files import Report

    report = Report(checking.options.profile, rules=checking.options.rules)
    for files, unit in checking:
        report.files += files
        report.units += [unit] if unit else []
    report.findings = checking.findings
    print_json(report.as_dict())
    finish(report.overall)


def print_stream(checking: Checking, *, jsonl: bool) -> None:
    """Results as they are done: memory stays constant over any number of files."""
    words: set[str] = set()
    counts = {"files": 0, "units": 0, "errors": 0, "warnings": 0, "notices": 0}
    for files, unit in checking:
        for file in files:
            counts["files"] += 1
            emit("file", file, jsonl=jsonl)
            count(file.findings, words, counts)
        if unit is not None:
            counts["units"] += 1
            emit("unit", unit, jsonl=jsonl)
            count(unit.findings, words, counts)
    count(checking.findings, words, counts)
    overall = "fail" if "error" in words else "warn" if "warning" in words else "ok"
    if jsonl:
        findings = [finding.as_dict() for finding in checking.findings]
        judged = {"profile": checking.options.profile, "rules": dict(checking.options.rules)}
        click.echo(json.dumps({"summary": {**counts, "overall": overall, **judged, "findings": findings}}))
    else:
        for finding in checking.findings:
            say(line(finding))
        say(
            t(
                N_(
                    "{files} files, {units} sendings: {errors} errors, {warnings} warnings, {notices} notices"
                ),
                **counts,
            )
        )
    finish(overall)


def count(findings: Sequence[Finding], words: set[str], counts: dict[str, int]) -> None:
    for finding in findings:
        words.add(finding.severity)
        counts[finding.severity + "s"] += 1


def emit(what: str, report: FileReport | UnitReport, *, jsonl: bool) -> None:
    if jsonl:
        click.echo(json.dumps({what: report.as_dict()}))
        return
    title = report.path if what == "file" else unit_title(report)  # type: ignore[union-attr]
    word = t({"ok": N_("[ok]"), "warn": N_("[warning]"), "fail": N_("[error]")}[report.overall])
    say(f"{word} {title}")
    for finding in report.findings:
        say("    " + line(finding))
    for code, count in getattr(report, "not_shown", {}).items():
        say("    " + t(N_("{code}: {count} more"), code=code, count=count))


def unit_title(unit: Any) -> str:
    from kaigo_gateway.i18n import current_language

    from kaigo_careplan_link.files import standard

    name = standard().units[unit.unit].title.text(current_language()) if unit.unit else "?"
    return t(N_("sending {serial} ({name}): {kinds}"), serial=unit.serial, name=name, kinds=unit.kinds)


def line(finding: Finding) -> str:
    severity = t({"error": N_("error"), "warning": N_("warning"), "notice": N_("notice")}[finding.severity])
    place = ""
    if finding.row is not None:
        place += t(N_("row {row} "), row=finding.row)
    if finding.field is not None:
        place += f"No.{finding.field} {finding.field_name} "
    seen = f" [{finding.seen}]" if finding.seen and finding.field else ""
    return f"{severity} {finding.code}: {place}{finding.message()}{seen}"


def show_explanation(code: str, *, as_json: bool = False) -> None:
    from kaigo_careplan_link.files import explain as explain_code

    rule = explain_code(code)
    if as_json:
        print_json(rule)
        return
    actors = {
        "office": N_("the care office"),
        "supporter": N_("the supporter"),
        "care_software_vendor": N_("the vendor of the care software"),
    }
    severities = ", ".join(f"{profile} = {severity}" for profile, severity in rule["severity"].items())
    say(f"{rule['code']} ({severities})")
    say(t(N_("Means: {text}"), text=rule["message"]))
    say(t(N_("Why: {text}"), text=rule["why"]))
    say(t(N_("Wrong: {text}"), text=rule["bad"]))
    say(t(N_("Right: {text}"), text=rule["good"]))
    say(t(N_("To do: {text}"), text=rule["fix"]))
    say(t(N_("Who: {text}"), text=t(actors[rule["actor"]])))
    say(t(N_("Source: {text}"), text=rule["source"]))
    if rule["interpretation"]:
        say(t(N_("The text of the standard leaves this open; it is this checker's reading.")))


def show_written(written: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        print_json({"written": [str(path) for path in written]})
        return
    for path in written:
        say(str(path))


def show_fixed(path: str, written: str | None, left: str | None, changes: Mapping[str, int]) -> None:
    if left is not None:
        say(t(N_("[error] {path}: not mended ({code})"), path=path, code=left))
        return
    done = [f"{code}×{count}" for code, count in changes.items()] or [t(N_("nothing to mend"))]
    say(f"{t(N_('[ok]'))} {written}: {', '.join(done)}")
