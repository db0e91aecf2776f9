"""All attachments of a claim, document by document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model.results import overall
from kaigo_gateway.reading import unreadable

from kaigo_subsidy.precheck._content import judge_menu, judge_receipt, judge_receipts
from kaigo_subsidy.precheck._files import KINDS, Look, look_at
from kaigo_subsidy.precheck._kinds import ACCEPTED
from kaigo_subsidy.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway.model.claims import Claim
    from kaigo_gateway.model.results import Finding, Status

    from kaigo_subsidy.rules import Rules, RuleSet
    from kaigo_subsidy.rules._model import RuleDocument

SCHEMA: Final = "kaigo-gateway/precheck/1"
_MEGA: Final = 1024 * 1024
_COMPARED: Final = frozenset({"receipt", "menu_screen"})


@dataclass(slots=True)
class Precheck:
    """Findings by document code, in the order of the rule file."""

    documents: dict[str, RuleDocument]
    files: dict[str, tuple[Path, ...]]
    findings: dict[str, list[Finding]] = field(default_factory=dict)

    @property
    def overall(self) -> Status:
        """The gravest status of all documents."""
        return overall([finding.status for found in self.findings.values() for finding in found])

    @property
    def present(self) -> dict[str, bool]:
        """Which documents are there, for the assessment."""
        return {code: bool(self.files.get(code)) for code in self.documents}

    def document(self) -> dict[str, Any]:
        """The result as JSON, texts in the current language."""
        return {
            "schema": SCHEMA,
            "overall": str(self.overall),
            "documents": [
                {
                    "code": code,
                    "title": one.title,
                    "present": self.present[code],
                    "files": [path.name for path in self.files.get(code, ())],
                    "findings": [_shown(finding) for finding in self.findings[code]],
                }
                for code, one in self.documents.items()
            ],
        }


def _shown(finding: Finding) -> dict[str, Any]:
    code, seen = finding.reason_code, finding.seen
    return {
        "status": str(finding.status),
        "reason_code": code,
        "message": REASONS.message(code, seen),
        "remedy": {"steps": REASONS.steps(code, seen), "actor": finding.actor},
    }


def check_attachments(claim: Claim, ruleset: RuleSet, attachments: Mapping[str, Sequence[Path]]) -> Precheck:
    """Look at the attachments of a claim (document code to files). Nothing leaves this machine.

    Raises :class:`InputError` for a document code that the programme does not have, or a file that cannot
    be opened.
    """
    rules = ruleset.rules
    documents = {document.code: document for document in rules.documents}
    for code in attachments:
        if code not in documents:
            raise InputError(
                N_("The programme has no attachment named {code}."),
                N_("Its attachments: {known}."),
                domain="kaigo_subsidy",
                code=code,
                known=list(documents),
            )
    check = Precheck(documents, {code: tuple(paths) for code, paths in attachments.items()})
    seen: dict[str, str] = {}
    for code, document in documents.items():
        found = list(_judge(document, check.files.get(code, ()), claim, rules, seen))
        count = len(check.files.get(code, ()))
        ok = REASONS.finding("DOCUMENT_OK", seen={"title": document.title, "count": count})
        check.findings[code] = found or [ok]
    return check


def _judge(
    document: RuleDocument, paths: Sequence[Path], claim: Claim, rules: Rules, seen: dict[str, str]
) -> Iterator[Finding]:
    if not paths:
        yield REASONS.finding("DOCUMENT_MISSING", seen={"title": document.title})
        return
    if len(paths) > document.max_files:
        values = {"title": document.title, "count": len(paths), "limit": document.max_files}
        yield REASONS.finding("DOCUMENT_TOO_MANY", seen=values)
    texts = []
    for path in paths:
        data, look = _open(path)
        yield from _judge_file(path, data, look, rules, seen)
        if look.text is not None:
            texts.append(look.text)
            if document.code == "receipt":
                yield from judge_receipt(path.name, look.text, claim, rules)
        elif document.code in _COMPARED and look.readable and look.kind in ACCEPTED and not look.encrypted:
            code = "DOCUMENT_TEXT_GARBLED" if look.garbled else "DOCUMENT_NOT_COMPARED"
            yield REASONS.finding(code, seen={"file": path.name})
    if len(texts) == len(paths) and document.code == "receipt":
        yield from judge_receipts(texts, claim)
    if len(texts) == len(paths) and document.code == "menu_screen":
        yield from judge_menu("\n".join(texts), claim)


def _open(path: Path) -> tuple[bytes, Look]:
    try:
        return look_at(path)
    except OSError as error:
        raise unreadable(path, error) from None


def _judge_file(path: Path, data: bytes, look: Look, rules: Rules, seen: dict[str, str]) -> Iterator[Finding]:
    """Kind, name, size, readable, not the same file in two places."""
    name, suffix = path.name, path.suffix.lower()
    if not data:
        yield REASONS.finding("DOCUMENT_EMPTY", seen={"file": name})
        return
    yield from _judge_kind(name, suffix, look, rules)
    if len(data) > rules.files.max_bytes:
        size, limit = len(data) / _MEGA, rules.files.max_bytes // _MEGA
        yield REASONS.finding(
            "DOCUMENT_TOO_LARGE", seen={"file": name, "size": f"{size:.1f}", "limit": limit}
        )
    if look.encrypted:
        yield REASONS.finding("DOCUMENT_ENCRYPTED", seen={"file": name})
    elif look.restricted:
        yield REASONS.finding("DOCUMENT_RESTRICTED", seen={"file": name})
    elif look.kind in ACCEPTED and not look.readable:
        yield REASONS.finding("DOCUMENT_UNREADABLE", seen={"file": name})
    digest = hashlib.sha256(data).hexdigest()
    if digest in seen:
        yield REASONS.finding("DOCUMENT_TWICE", seen={"file": name, "other": seen[digest]})
    seen.setdefault(digest, name)


def _judge_kind(name: str, suffix: str, look: Look, rules: Rules) -> Iterator[Finding]:
    if look.kind is None:
        yield REASONS.finding("DOCUMENT_KIND", seen={"file": name})
    elif look.kind == "HEIC":
        yield REASONS.finding("DOCUMENT_HEIC", seen={"file": name})
    elif look.kind not in ACCEPTED:
        yield REASONS.finding("DOCUMENT_OTHER_KIND", seen={"file": name, "kind": look.kind})
    elif suffix not in rules.files.suffixes or KINDS.get(suffix) != look.kind:
        shown = suffix or name
        yield REASONS.finding("DOCUMENT_SUFFIX", seen={"file": name, "suffix": shown, "kind": look.kind})
