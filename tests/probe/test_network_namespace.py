"""What goes wrong before a server is reached, by the real kernel: each scene has a network of its own.

``unshare`` makes a network namespace in which this user is root; nothing outside of it is touched.
"""

import asyncio
import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from probe_rig import missing

NAME = "https://service.example/"
HERE = ["127.0.0.1"]
DEAD = "192.0.2.9"
"""An address in the namespace's own network where nobody answers, not even to ARP (RFC 5737)."""


@dataclass(frozen=True)
class Scene:
    """One state of the network: ``told`` for the page, ``commands`` that make it, the code it must give."""

    told: str
    code: str
    orders: dict[str, Any] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def firewall(rule: str) -> tuple[str, ...]:
    """A rule for what leaves to port 443."""
    return (
        "nft add table inet t",
        "nft add chain inet t c '{ type filter hook output priority 0; }'",
        f"nft add rule inet t c tcp dport 443 {rule}",
    )


NFT = ("nft",)
PROXY = "http://127.0.0.1:443"
SCENES = {
    "silent resolver": Scene("the resolver says nothing", "DNS_NO_ANSWER", {"dns": "silent"}),
    "no resolver": Scene("nobody listens at the resolver's address", "DNS_NO_ANSWER", {"dns": "silent"},
                         ("echo nameserver 127.0.0.2 > $RESOLV",)),
    "broken resolver": Scene("the resolver fails (SERVFAIL)", "DNS_NO_ANSWER", {"dns": "broken"}),
    "no such name": Scene("the name does not exist (NXDOMAIN)", "DNS_NOT_FOUND", {"dns": "nothing"}),
    "no address": Scene("the name has no address", "DNS_NOT_FOUND", {"dns": "empty"}),
    "nobody listens": Scene("nobody listens on the port", "TCP_REFUSED", {"dns": HERE}),
    "no route": Scene("there is no route", "TCP_UNREACHABLE", {"dns": ["203.0.113.1"]}),
    "unreachable": Scene("a router says: host unreachable", "TCP_UNREACHABLE", {"dns": ["198.51.100.1"]},
                         ("ip route add unreachable 198.51.100.0/24",)),
    "prohibited": Scene("a router says: forbidden", "TCP_UNREACHABLE", {"dns": ["198.51.100.1"]},
                        ("ip route add prohibit 198.51.100.0/24",)),
    "dead host": Scene("nobody is at the address", "TCP_TIMEOUT", {"dns": [DEAD]}),
    "dropped": Scene("a firewall drops the packets", "TCP_TIMEOUT", {"dns": HERE, "listen": [443]},
                     firewall("drop"), NFT),
    "rejected": Scene("a firewall answers with a reset", "TCP_REFUSED", {"dns": HERE, "listen": [443]},
                      firewall("tcp flags syn reject with tcp reset"), NFT),
    "cut": Scene("a firewall cuts the connection at once", "TCP_RESET", {"dns": HERE, "listen": [443]},
                 firewall("tcp flags \\& syn == 0 reject with tcp reset"), NFT),
    "one family dead": Scene("IPv6 has no route and IPv4 refuses", "TCP_REFUSED",
                             {"dns": ["2001:db8::1", "127.0.0.1"]}),
    "proxy dead": Scene("nobody is at the proxy's address", "PROXY_UNREACHABLE",
                        {"proxy": f"http://{DEAD}:8080"}),
    "proxy without route": Scene("there is no route to the proxy", "PROXY_UNREACHABLE",
                                 {"proxy": "http://203.0.113.1:8080"}),
    "proxy unknown": Scene("the proxy's name does not exist", "PROXY_NOT_FOUND",
                           {"proxy": "http://proxy.example:8080"}),
    "proxy not resolved": Scene("the resolver says nothing of the proxy", "PROXY_NOT_FOUND",
                                {"dns": "silent", "proxy": "http://proxy.example:8080"}),
    "proxy cut": Scene("a firewall cuts the connection to the proxy at once", "PROXY_CLOSED",
                       {"proxy": PROXY, "listen": [443]},
                       firewall("tcp flags \\& syn == 0 reject with tcp reset"), NFT),
    "proxy refused": Scene("nobody listens on the proxy's port", "PROXY_REFUSED", {"proxy": PROXY}),
}  # fmt: skip

UNRESOLVED = {"DNS_NO_ANSWER", "DNS_NOT_FOUND", "PROXY_NOT_FOUND"}
NETWORK = (
    "ip link set lo up",
    "ip link add v0 type veth peer name v1",
    "ip addr add 192.0.2.1/24 dev v0",
    "ip link set v0 up",
    "ip link set v1 up",
    "echo nameserver 127.0.0.1 > $RESOLV",
)


def in_network(scene: Scene, folder: Path) -> dict[str, Any]:
    """The program's word from inside; skips where this user may not make a namespace."""
    resolv = folder / "resolv.conf"
    child = [
        sys.executable,
        str(Path(__file__).with_name("in_namespace.py")),
        json.dumps({"url": NAME, **scene.orders}),
    ]
    mounts = "mount --bind $RESOLV /etc/resolv.conf"
    script = "\n".join(["set -e", *NETWORK, *scene.commands, mounts, f"exec {shlex.join(child)}"])
    allowed = subprocess.run(["unshare", "-rnm", "true"], capture_output=True, check=False).returncode == 0
    if not allowed:
        pytest.skip("this user may not make a network namespace")
    done = subprocess.run(
        ["unshare", "-rnm", "sh", "-c", script], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "RESOLV": str(resolv), "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.servers
@pytest.mark.parametrize("name", SCENES)
async def test_what_the_network_does_has_its_own_code(name, tmp_path):
    scene = SCENES[name]
    if sys.platform != "linux" or missing("unshare", "ip", "curl", *scene.needs):
        pytest.skip(f"needs Linux with unshare, ip, curl {' '.join(scene.needs)}")
    found = await asyncio.to_thread(in_network, scene, tmp_path)
    assert (found["code"], found["phase"]) == (
        scene.code,
        "resolve" if scene.code in UNRESOLVED else "connect",
    )
    assert not found["curl"]
