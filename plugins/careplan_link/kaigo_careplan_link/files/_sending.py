"""Rules over several sendings: what a later serial does to an earlier one (import is oldest first)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kaigo_careplan_link.files._findings import Collector, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kaigo_careplan_link.files._findings import Finding
    from kaigo_careplan_link.files._name import Name
    from kaigo_careplan_link.files._options import Options

_DELETES = {
    "DLTPLAN": "UPPLAN",
    "DLTJSK": "UPJSK",
    "DLT1KYO": "UP1KYO",
    "DLTKIHON": "UPKIHON",
    "DLTYOBO": "UPYOBO",
}
_WATCHED = {*_DELETES, *_DELETES.values()}


def check_sending(names: Iterable[Name], options: Options) -> list[Finding]:
    """Findings about deletes after data and about months that are sent twice; needs only the names."""
    collector = Collector(options.severities)
    sent: defaultdict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for name in names:
        if name.kind in _WATCHED and name.stamp:
            what = _DELETES.get(name.kind, name.kind)
            pair = (name.sender, name.sender_service, name.receiver, name.receiver_service)
            sent[what, name.month, *pair].append((name.stamp, name.kind))
    for (what, month, *_), entries in sorted(sent.items()):
        for problem in _judge(what, month, sorted(set(entries))):
            collector.add(problem)
    return collector.findings


def _judge(what: str, month: str, entries: list[tuple[str, str]]) -> Iterable[Problem]:
    values = {"kind": what, "month": month or "-", "serials": [stamp for stamp, _ in entries]}
    kinds = [kind for _, kind in entries]
    deletes = [kind for kind in kinds if kind.startswith("DLT")]
    if deletes and kinds[-1] in deletes and len(deletes) < len(kinds):
        yield Problem("SENDING_DELETED_LAST", values=values)
    elif deletes and len(deletes) < len(kinds):
        yield Problem("SENDING_DELETED_FIRST", values=values)
    elif month and len(kinds) > 1 and not deletes:
        yield Problem("SENDING_SENT_AGAIN", values=values)
