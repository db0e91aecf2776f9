"""What a query may say: part of a list, language, how a stream ends."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kaigo_gateway.model._base import Model


class PageQuery(Model):
    """Which part of a list."""

    limit: int = Field(default=50, ge=1, le=200)
    before: str | None = Field(
        default=None, min_length=1, max_length=120, description="cursor of the page before"
    )


class LanguageQuery(Model):
    """In which language the texts are; otherwise cookie, Accept-Language or the service's setting."""

    lang: Literal["ja", "en"] | None = None


class EventsQuery(LanguageQuery):
    """How the stream ends."""

    until: Literal["idle"] | None = Field(
        default=None, description="`idle`: end the stream when the Setup is done or waits for a person"
    )


class DiagnosticsQuery(LanguageQuery):
    """Which Setup a bundle is about; none for the installation alone."""

    setup: str | None = Field(default=None, min_length=1, max_length=64)
