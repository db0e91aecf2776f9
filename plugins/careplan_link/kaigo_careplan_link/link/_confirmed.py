"""What a person confirms where no program can look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.model.descriptors import Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.model.descriptors import CheckContext

CONFIRMED: Final = ("by", "at", "file", "sha256", "size")
"""Evidence keys of a confirmation: who, when, and the hash of an evidence file."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer."""

    done: bool
    seen: Mapping[str, Any]
    evidence: Mapping[str, Any]


def confirmation(context: CheckContext, key: str, question: str) -> Answer:
    """The answer to ``key``; raises :class:`Waiting` with ``question`` until there is one."""
    try:
        given = context.confirmed(key)
    except Waiting:
        raise Waiting(key, question) from None
    file = given.get("evidence")
    flat = {**given, **(file if isinstance(file, dict) else {})}
    return Answer(
        done=str(given.get("answer", "")) == "yes",
        seen={"by": str(given.get("by", "?")), "at": str(given.get("at", "-"))},
        evidence={name: flat[name] for name in CONFIRMED if isinstance(flat.get(name), str | int)},
    )
