"""What a probe saw, without any language."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from kaigo_gateway.model.results import Finding, Phase, Status
from kaigo_gateway.probe.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway.probe._target import Target

PHASES = ("resolve", "connect", "proxy", "tls", "client_certificate", "http")

EVIDENCE = (
    "address", "proxy", "tls_version", "cipher", "server_sha256", "server_subject", "server_issuer",
    "server_not_after", "server_chain_length", "certificate_asked", "certificate_sent", "certificate_sha256",
    "accepted_by_ticket", "issuers_asked", "alert", "http_status", "clock_skew_s", "checked_at",
)  # fmt: skip
"""Evidence keys of a probe's finding: give them to ``Check.evidence``."""


@dataclass(slots=True)
class TlsFacts:
    """What the TLS stage learned, also from a handshake that failed.

    ``asked`` is None where this Python cannot tell (then "not asked" is never claimed).
    """

    version: str | None = None
    cipher: str | None = None
    chain: tuple[bytes, ...] = ()
    asked: bool | None = False
    issuers: tuple[bytes, ...] = ()
    sent: tuple[bytes, ...] = ()
    ticket: bool = False
    alert: str | None = None
    alert_sent: str | None = None


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer's head and at most ``Request.body_limit`` bytes of its body; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class ProbeResult:
    """One probe: the reason code, its phases, and the facts of TLS and HTTP.

    ``failed_phase`` is None when the answer was fine. ``seen`` fills the reason's text; ``skew`` is this
    machine's clock minus the server's in seconds, where the server sent a ``Date``.
    """

    target: Target
    code: str
    phases: tuple[Phase, ...] = ()
    failed_phase: str | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    tls: TlsFacts = field(default_factory=TlsFacts)
    http: HttpAnswer | None = None
    address: str | None = None
    proxy: str | None = None
    identity_sha256: str | None = None
    skew: float | None = None
    checked_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def status(self) -> Status:
        """The usual status of the reason code."""
        return REASONS[self.code].status

    @property
    def ok(self) -> bool:
        """Whether nothing needs doing."""
        return self.status in {Status.OK, Status.WARN}

    @property
    def reached(self) -> bool:
        """Whether an HTTP answer came back over verified TLS."""
        return self.http is not None

    def evidence(self) -> dict[str, Any]:
        """The allow-listed facts (:data:`EVIDENCE`); keys without a value are left out."""
        from kaigo_gateway.probe._evidence import evidence_of

        return evidence_of(self)

    def finding(self, *, subject: str | None = None, **seen: Any) -> Finding:
        """The finding of this result in the probe's own :data:`REASONS`."""
        return REASONS.finding(
            self.code,
            subject=subject,
            seen={**self.seen, **seen},
            evidence=self.evidence(),
            phases=self.phases,
        )


def skew_of(http: HttpAnswer) -> float | None:
    """This clock minus the server's, in seconds (its ``Date`` is exact to one second)."""
    try:
        server = parsedate_to_datetime(http.headers["date"])
        return round(time.time() - server.timestamp(), 0)
    except (KeyError, ValueError, TypeError):
        return None
