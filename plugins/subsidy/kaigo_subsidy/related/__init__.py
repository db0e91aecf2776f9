"""Other programmes that lean on the CarePlan link: what they ask for, stated with references."""

from __future__ import annotations

from kaigo_subsidy.related._statements import (
    Statement,
    document_of,
    example_of,
    facts_from,
    known_facts,
    programmes,
    read_facts,
    statements,
)

__all__ = [
    "Statement",
    "document_of",
    "example_of",
    "facts_from",
    "known_facts",
    "programmes",
    "read_facts",
    "statements",
]
