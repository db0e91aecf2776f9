"""The network probe: resolve, connect, proxy, TLS, client certificate, HTTP; each timed, each failure named.

>>> result = await probe(Target.parse("https://example.jp/", tls13_only=True), identity=identity)
>>> result.code, result.failed_phase
('TLS_CLIENT_CERT_EXPIRED', 'client_certificate')
"""

from __future__ import annotations

from kaigo_gateway.probe._contexts import ClientIdentity, Trust, forget_contexts
from kaigo_gateway.probe._many import probe_many
from kaigo_gateway.probe._probe import probe
from kaigo_gateway.probe._result import EVIDENCE, PHASES, HttpAnswer, ProbeResult, TlsFacts
from kaigo_gateway.probe._target import Limits, Request, Target
from kaigo_gateway.probe._tunnel import Proxy
from kaigo_gateway.probe.proxies import ProxyChoice
from kaigo_gateway.probe.reasons import REASONS

__all__ = [
    "EVIDENCE",
    "PHASES",
    "REASONS",
    "ClientIdentity",
    "HttpAnswer",
    "Limits",
    "ProbeResult",
    "Proxy",
    "ProxyChoice",
    "Request",
    "Target",
    "TlsFacts",
    "Trust",
    "forget_contexts",
    "probe",
    "probe_many",
]
