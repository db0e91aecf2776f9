"""Simulated counterparts: a well-behaved HTTPS server, and one misbehaving in every way of the failure table.

For the sandbox and for tests only. All of them listen on loopback, use blocking sockets (an asyncio server of
Python 3.11 sends no TLS alert when it refuses a certificate) and say on their face that they are simulated.
"""

from __future__ import annotations

from kaigo_gateway.probe.counterpart._arrange import Place
from kaigo_gateway.probe.counterpart._faults import FAULTS, counterpart
from kaigo_gateway.probe.counterpart._https import (
    SIMULATED_HEADER,
    Handler,
    Received,
    Reply,
    server_context,
    serving,
)
from kaigo_gateway.probe.counterpart._raw import proxying, raw_server, silent_port, unused_port
from kaigo_gateway.probe.counterpart._throwaway import Throwaway

__all__ = [
    "FAULTS",
    "SIMULATED_HEADER",
    "Handler",
    "Place",
    "Received",
    "Reply",
    "Throwaway",
    "counterpart",
    "proxying",
    "raw_server",
    "server_context",
    "serving",
    "silent_port",
    "unused_port",
]
