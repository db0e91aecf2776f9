"""What the REST service says of file validators where a Setup's site file chooses among them."""

from __future__ import annotations

from pydantic import Field

from kaigo_gateway.model._base import Model
from kaigo_gateway.web.api.models import LanguageQuery, ValidatorInfo


class ValidatorsQuery(LanguageQuery):
    """Whose site file chooses among the validators."""

    setup_id: str | None = Field(default=None, min_length=1, max_length=64)


class OfferedValidator(ValidatorInfo):
    """A file validator; with a Setup, whether its site file chooses this one and judges rules otherwise."""

    chosen: bool | None = Field(default=None, description="null where no Setup was named")
    rules: dict[str, str] = Field(
        default_factory=dict, description="rules that the site file judges otherwise, code to severity"
    )


class OfferedValidators(Model):
    """All file validators."""

    items: tuple[OfferedValidator, ...]
