"""The checker as the gateway's page and REST interface offer it (hook ``gateway_file_validators``)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.i18n import N_, translate

from kaigo_careplan_link.files._validate import validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kaigo_gateway.model.descriptors import FileValidator

    from kaigo_careplan_link.link.settings import CareplanSettings

_PROFILES: Final = (
    ("careplan", "standard", N_("CarePlan files, standard 4.1")),
    ("careplan-strict", "strict", N_("CarePlan files, before the vendor test")),
    ("careplan-lenient", "lenient", N_("CarePlan files, only what stops the exchange")),
)


def file_validators() -> list[FileValidator]:
    """One validator per profile that a person chooses; each mends what is mechanical."""
    from kaigo_gateway.model.descriptors import FileValidator

    return [
        FileValidator(
            name, translate(title, "kaigo_careplan_link"), partial(_validate, profile), mend,
            with_rules=partial(_validate, profile), preset=partial(_preset, profile),
        )
        for name, profile, title in _PROFILES
    ]  # fmt: skip


def _validate(
    profile: str, paths: Sequence[Path], rules: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    return validate(paths, profile, rules=rules).as_dict()


def _preset(profile: str, settings: CareplanSettings) -> Mapping[str, str] | None:
    """The rules of a site file whose profile is this one."""
    return settings.rules if settings.profile == profile else None


def mend(paths: Sequence[Path], out: Path) -> None:
    """Mended copies and the list of changes in the new folder ``out``."""
    from kaigo_careplan_link.files._fix import fix

    fix(paths, out)
