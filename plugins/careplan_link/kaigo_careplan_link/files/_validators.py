"""The checker as the gateway's page and REST interface offer it (hook ``gateway_file_validators``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaigo_gateway.i18n import N_, translate

from kaigo_careplan_link.files._validate import validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway.model.descriptors import FileValidator


def file_validators() -> list[FileValidator]:
    """One validator per profile that a person chooses: as the standard says, and for the vendor test."""
    from kaigo_gateway.model.descriptors import FileValidator

    def standard(paths: Sequence[Path]) -> Mapping[str, Any]:
        return validate(paths).as_dict()

    def strict(paths: Sequence[Path]) -> Mapping[str, Any]:
        return validate(paths, "strict").as_dict()

    titles = N_("CarePlan files, standard 4.1"), N_("CarePlan files, before the vendor test")
    usual, before_test = (translate(title, "kaigo_careplan_link") for title in titles)
    return [FileValidator("careplan", usual, standard), FileValidator("careplan-strict", before_test, strict)]
