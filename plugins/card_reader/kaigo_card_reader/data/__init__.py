"""Reader models: what is known of each, with its source. No row is an official statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from kaigo_card_reader.drivers._interface import ReaderInfo

Answer = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class ReaderModel:
    """One model. ``compatible`` is about マイナ資格確認アプリ, ``pcsc`` about plain PC/SC use.

    ``pattern`` is matched (ignoring case) within the reader's PC/SC name or the model it reports; ``source``
    says where the row comes from; ``note`` is for people.
    """

    name: str
    pattern: str
    pcsc: Answer
    compatible: Answer
    source: str
    note: str = ""

    def matches(self, text: str) -> bool:
        """Whether a reader's name or a receipt's model is this model."""
        return re.search(self.pattern, text, re.IGNORECASE) is not None


@cache
def models() -> tuple[ReaderModel, ...]:
    """All rows of ``readers.yaml``, most specific first."""
    import yaml

    rows = yaml.safe_load((files(__name__) / "readers.yaml").read_text(encoding="utf-8"))["readers"]
    return tuple(ReaderModel(**cast("dict[str, str]", row)) for row in rows)  # type: ignore[arg-type]


def find(text: str) -> ReaderModel | None:
    """The model that a name or a receipt's wording means; None when it is not known here."""
    return next((model for model in models() if model.matches(text)), None)


def recognise(reader: str, info: ReaderInfo | None = None) -> ReaderModel | None:
    """The model of a listed reader, by its name and by what it tells about itself."""
    told = " ".join(part for part in (info.vendor, info.model) if part) if info else ""
    return find(f"{reader} {told}")
