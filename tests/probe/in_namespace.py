"""Run inside a network namespace of its own: answer DNS as told, probe once, print what came of it as JSON.

    python in_namespace.py '{"url": ..., "dns": ..., "listen": ..., "proxy": ...}'

``dns``: ``silent``, ``nothing`` (no such name), ``broken`` (SERVFAIL), ``empty`` (no address), or a list of
addresses.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import socket
import struct
import subprocess
import sys
import threading

from kaigo_gateway.probe import Limits, ProxyChoice, Target, probe

_CODES = {"nothing": 3, "broken": 2, "empty": 0}


def answer(query: bytes, told: str | list[str]) -> bytes:
    """A DNS answer (RFC 1035): the question, and the addresses of the asked family."""
    end = query.index(b"\0", 12) + 5
    kind = struct.unpack(">H", query[end - 4 : end - 2])[0]
    found = [ipaddress.ip_address(each) for each in told] if isinstance(told, list) else []
    records = [each.packed for each in found if kind == {4: 1, 6: 28}[each.version]]
    code = 0 if isinstance(told, list) else _CODES[told]
    head = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
    body = b"".join(struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(data)) + data for data in records)
    return head + query[12:end] + body


def name_server(told: str | list[str]) -> None:
    """A name server on port 53 of this namespace."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))

    def serve() -> None:
        while True:
            query, client = sock.recvfrom(2048)
            if told != "silent":
                sock.sendto(answer(query, told), client)

    threading.Thread(target=serve, daemon=True).start()


def listen(port: int) -> socket.socket:
    """A port on which the kernel takes connections; nobody says a word."""
    return socket.create_server(("127.0.0.1", port))


def curl(url: str, proxy: str | None) -> bool:
    """Whether curl reaches it."""
    command = ["curl", "-sS", "-k", "-o", "/dev/null", "--max-time", "2", "--noproxy", ""]
    command += [*(["--proxy", proxy] if proxy else []), url]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main(orders: dict) -> None:
    """Probe and curl once each, in the network as it is told."""
    name_server(orders.get("dns", "nothing"))
    kept = [listen(port) for port in orders.get("listen", ())]
    limits = Limits(resolve=2.0, connect=2.0, proxy=2.0, tls=2.0)
    choice = ProxyChoice(orders.get("proxy") or "none")
    result = asyncio.run(probe(Target.parse(orders["url"]), proxy=choice, limits=limits))
    told = {"code": result.code, "phase": result.failed_phase, "listening": len(kept)}
    sys.stdout.write(json.dumps({**told, "curl": curl(orders["url"], orders.get("proxy"))}))
    sys.stdout.flush()
    os._exit(0)  # a resolver that hangs holds its thread, for which Python would wait


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
