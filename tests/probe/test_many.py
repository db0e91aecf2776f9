"""Hundreds of targets at once."""

import asyncio
import gc
import socket
from pathlib import Path

import pytest
from kaigo_gateway.errors import InputError
from kaigo_gateway.probe import Target, Trust, probe_many
from kaigo_gateway.probe.counterpart import Reply, raw_server, server_context, serving
from kaigo_gateway.probe.counterpart._raw import silent
from kaigo_gateway.probe.targets import read_targets
from probe_rig import QUICK, Office


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def targets(port, count):
    return (Target.parse(f"https://localhost:{port}/{number}", tls13_only=True) for number in range(count))


def open_files():
    gc.collect()
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
async def test_every_target_is_probed_once_and_no_file_stays_open(office):
    seen = []

    def handler(received):
        seen.append(received.path)
        return Reply(200)

    trust, identity = Trust.pinned(office.pki.root_pem), office.client()
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, handler) as port:
        before = open_files()
        results = [
            r async for r in probe_many(targets(port, 120), concurrency=30, trust=trust, identity=identity)
        ]
        await asyncio.sleep(0.3)
        after = open_files()
    assert sorted(seen) == sorted(f"/{number}" for number in range(120))
    assert {result.code for result in results} == {"HTTP_OK"}
    assert after <= before + 2


async def test_never_more_at_once_than_asked_for(office):
    most = [0]
    now = [0]

    def counting(connection: socket.socket):
        now[0] += 1
        most[0] = max(most[0], now[0])
        connection.recv(65536)
        now[0] -= 1

    with raw_server(counting) as port:
        results = [r async for r in probe_many(targets(port, 40), concurrency=5, limits=QUICK)]
    assert len(results) == 40
    assert most[0] <= 5


async def test_results_stream_before_the_slowest_has_ended(office):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with raw_server(silent) as slow, serving(context, lambda _: Reply(200)) as quick:
        mixed = [*targets(slow, 1), *targets(quick, 5)]
        trust, identity = Trust.pinned(office.pki.root_pem), office.client()
        codes = [
            r.code
            async for r in probe_many(mixed, concurrency=2, trust=trust, identity=identity, limits=QUICK)
        ]
    assert codes == ["HTTP_OK"] * 5 + ["TLS_TIMEOUT"]


async def test_leaving_early_ends_what_is_under_way(office):
    with raw_server(silent) as port:
        stream = probe_many(targets(port, 50), concurrency=10, limits=QUICK)
        await anext(stream)
        await stream.aclose()
        running = [task for task in asyncio.all_tasks() if "probe" in repr(task.get_coro())]
    assert running == []


async def test_a_trouble_of_ours_reaches_the_reader(tmp_path):
    with pytest.raises(InputError):
        async for _ in probe_many(targets(1, 3), trust=Trust.pinned(tmp_path / "none.pem")):
            pass


def test_a_list_of_targets(tmp_path):
    file = tmp_path / "targets.txt"
    file.write_text(
        "\ufeff# centre\n\nhttps://a.example/  さくら訪問介護\nhttps://b.example:8443/x\n", encoding="utf-8"
    )
    found = list(read_targets(file))
    assert [(t.host, t.port, t.name) for t in found] == [
        ("a.example", 443, "さくら訪問介護"),
        ("b.example", 8443, "https://b.example:8443/x"),
    ]


@pytest.mark.parametrize("line", ["http://a.example/", "a.example", "https://", "https://a.example:99999/"])
def test_a_bad_line_is_named(line, tmp_path):
    file = tmp_path / "targets.txt"
    file.write_text(f"https://good.example/\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        list(read_targets(file))


def test_a_missing_list_is_named():
    with pytest.raises(InputError, match=r"none\.txt"):
        list(read_targets(Path("none.txt")))
