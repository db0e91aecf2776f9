"""Secrets by reference: ``{ "$env" = "NAME" }`` or ``{ "$file" = "path" }`` in a settings or site file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import ConfigDict, Field, SecretStr, model_validator

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from kaigo_gateway.model._base import Model


class SecretRef(Model):
    """Where a secret lies; the secret itself never enters the model, the ledger or a report."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    env: str | None = Field(default=None, alias="$env")
    file: Path | None = Field(default=None, alias="$file")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError(N_('give exactly one of "$env" and "$file"'))
        return self

    def resolve(self, base: Path) -> SecretStr:
        """The secret. ``base`` is the folder of the file that named it; one trailing newline is dropped.

        Raises :class:`InputError` when the variable is not set or the file cannot be read.
        """
        if self.env is not None:
            value = os.environ.get(self.env)
            if value is None:
                raise InputError(
                    N_("The environment variable {name} is not set."),
                    N_("Set it, or name a file with $file instead."),
                    name=self.env,
                )
            return SecretStr(value)
        assert self.file is not None
        path = base / self.file
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                N_("The secret file {path} cannot be read: {why}."),
                N_("Check the path and the rights; the file must be UTF-8 text."),
                path=path,
                why=getattr(error, "strerror", None) or type(error).__name__,
            ) from None
        return SecretStr(text.removesuffix("\n").removesuffix("\r"))
