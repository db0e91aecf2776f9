"""What an embedding product (or ``serve``) may decide about the page and the REST service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kaigo_gateway.settings import data_folder

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Options of :func:`kaigo_gateway.web.create_app`.

    ``folder`` is private to the service (tokens, uploads). ``hosts`` are the names under which the service
    may be called; None leaves that check to the embedding product. ``files`` are folders from which a site
    document that came over REST may name files, besides the uploads. Sizes are bytes, times seconds.
    ``max_upload`` is for one form; ``max_validated`` for one whose files are validated and removed again.
    ``max_streams`` are the event streams that one caller (token or session) may hold open.
    """

    folder: Path = field(default_factory=lambda: data_folder() / "web")
    hosts: frozenset[str] | None = LOOPBACK_HOSTS
    files: tuple[Path, ...] = ()
    secure: bool = False
    run_engine: bool = True
    max_document: int = 2 * MIB
    max_upload: int = 64 * MIB
    max_validated: int = 1024 * MIB
    max_streams: int = 1500
    body_time_limit: float = 30.0
    session_seconds: float = 12 * 3600
    link_seconds: float = 15 * 60
    keep_uploads_days: int = 7

    @property
    def tokens(self) -> Path:
        """The file with the bearer tokens."""
        return self.folder / "tokens"

    @property
    def uploads(self) -> Path:
        """Where uploaded files lie."""
        return self.folder / "uploads"
