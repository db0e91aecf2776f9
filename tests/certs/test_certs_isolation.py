"""Loading is apart: a time limit, no held loop, no panic, and no secret in what is said or left behind."""

from __future__ import annotations

import asyncio
import base64
import gc
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import kaigo_certs
import pytest
import structlog
from certs_rig import OFFICE, PASSWORD, have, kept, key_of
from kaigo_certs import CertificateError, UnreadableFile, judge, read_identity, read_identity_async
from kaigo_certs._hardening import child_environment
from kaigo_certs.reading import _process
from kaigo_certs.reading._worker import answer

CANARY = "Kanarienvogel-77-カナリア"


@pytest.fixture(scope="module")
def heavy(rig):
    return rig.openssl("-iter", "1000000", pair=rig.leaf(key=key_of("p256")))


async def test_a_file_with_a_million_rounds_does_not_hold_the_event_loop(heavy):
    turns = 0

    async def watch():
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    watcher = asyncio.create_task(watch())
    bundle = await read_identity_async(heavy, PASSWORD)
    watcher.cancel()
    assert bundle.container.iterations == 1_000_000
    assert turns > 20  # loaded in this process, even in a thread, the loop turns once or twice


async def test_a_time_limit_ends_the_worker_and_is_named(heavy):
    before = children()
    with pytest.raises(UnreadableFile) as refused:
        await read_identity_async(heavy, PASSWORD, time_limit=0.05)
    assert refused.value.code == "CERT_READ_TIMEOUT"
    with pytest.raises(UnreadableFile) as refused:
        await asyncio.to_thread(read_identity, heavy, PASSWORD, time_limit=0.05)
    assert refused.value.code == "CERT_READ_TIMEOUT"
    assert children() <= before


async def test_a_cancelled_caller_takes_the_worker_with_it(heavy):
    before = children()
    task = asyncio.create_task(read_identity_async(heavy, PASSWORD))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() <= before


def children():
    folder = Path(f"/proc/{os.getpid()}/task")
    if not folder.exists():
        return set()
    return {pid for task in folder.glob("*/children") for pid in task.read_text().split()}


@pytest.mark.parametrize(
    ("program", "why"),
    [("import os; os._exit(9)", "exit code 9"), ("print('nonsense')", "exit code 0"),
     ("""print('{"error": "crash", "why": "PanicException"}')""", "PanicException")],
)  # fmt: skip
def test_a_worker_that_dies_or_talks_nonsense_is_a_typed_error(rig, monkeypatch, program, why):
    monkeypatch.setattr(_process, "_command", lambda: [sys.executable, "-c", program])
    with pytest.raises(UnreadableFile, match=why) as refused:
        read_identity(rig.p12(), PASSWORD)
    assert refused.value.code == "CERT_READER_CRASHED"


def test_a_frozen_program_serves_as_its_own_worker(rig, tmp_path, monkeypatch):
    program = tmp_path / "frozen"
    serving = "from kaigo_certs import serve_as_worker\nserve_as_worker()\n"
    program.write_text(f"#!{sys.executable}\n{serving}print('the product')\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert read_identity(rig.p12(), PASSWORD).pairs
    program.write_text(program.read_text().replace(serving, ""))
    with pytest.raises(UnreadableFile) as refused:
        read_identity(rig.p12(), PASSWORD)
    assert refused.value.code == "CERT_READER_CRASHED"
    monkeypatch.setenv("KAIGO_CERTS_SERVE_AS_WORKER", "1")
    with pytest.raises(UnreadableFile, match="serve_as_worker"):
        read_identity(rig.p12(), PASSWORD)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the frozen program")
def test_a_frozen_gateway_serves_as_its_own_worker(rig, tmp_path, monkeypatch):
    program = tmp_path / "kaigo-gateway"
    program.write_text(f"#!{sys.executable}\nfrom kaigo_gateway.cli import main\nmain()\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert read_identity(rig.p12(), PASSWORD).pairs


def test_a_file_over_the_limit_is_refused_before_any_worker_starts(rig, monkeypatch):
    from certs_corpus import with_iterations

    monkeypatch.setattr(_process, "_command", lambda: pytest.fail("a worker was started"))
    with pytest.raises(UnreadableFile) as refused:
        read_identity(with_iterations(5_000_001)(rig), PASSWORD)
    assert refused.value.code == "CERT_FILE_ITERATIONS"


def test_the_worker_works_from_any_folder_and_without_an_installed_package(rig, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('a file in the working folder was imported')")
    assert read_identity(rig.p12(), PASSWORD).pairs


def test_a_password_that_would_make_the_loader_panic_never_reaches_it(rig):
    for password in ("a\0b", b"a\0b", "\0"):
        with pytest.raises(UnreadableFile) as refused:
            read_identity(rig.p12(), password)
        assert refused.value.code == "CERT_PASSWORD_NUL"


def test_the_worker_answers_a_defect_with_its_kind_only(rig):
    request = {"data": base64.b64encode(rig.p12()).decode(), "key": None, "password": "wrong" + CANARY}
    assert CANARY not in str(answer(request))


def secrets_of(pair, password):
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    der = pair.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    number = pair.key.private_numbers().private_value
    return [
        password.encode(), password.encode("utf-16-le"), base64.b64encode(password.encode()),
        base64.b64encode(der)[48:88], number.to_bytes(32, "big"), f"{number:x}".encode(),
        str(number).encode(),
    ]  # fmt: skip


def test_a_planted_password_and_key_appear_in_no_text_log_or_file_left_behind(
    rig, tmp_path, capfd, caplog, monkeypatch
):
    pair = rig.leaf(key=key_of("p256", "canary"))
    data, wrong = rig.p12(pair, password=CANARY), rig.p12(pair, password="other-" + CANARY[::-1])
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    said = []
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as events:
        bundle = read_identity(data, CANARY)
        said += [
            repr(bundle),
            str(bundle),
            repr(bundle.pair),
            str([*bundle.notes, *judge(bundle, issuer_pem=rig.chain_pem)]),
        ]
        vault = kaigo_certs.Vault.open(tmp_path / "vault", CANARY, cost=kaigo_certs.Cost(1024, 8, 1))
        said.append(repr(vault.put(bundle, OFFICE)))
        identity = vault.identity(OFFICE)
        installer = kaigo_certs.Installer(kaigo_certs.NssStore(tmp_path / "db"), tmp_path / "journal")
        said += [
            repr(identity),
            repr(installer.install(identity)),
            repr(vault),
            repr(vault.signing_key("seal")),
        ]
        for attempt in (lambda: read_identity(wrong, CANARY), lambda: read_identity(data[:-9], CANARY),
                        lambda: read_identity(b"<html>", CANARY), lambda: read_identity(data, CANARY + "\0"),
                        lambda: kaigo_certs.Vault.open(tmp_path / "vault", CANARY + "x")):  # fmt: skip
            try:
                attempt()
            except CertificateError as error:
                said += [
                    error.text("ja"),
                    error.text("en"),
                    repr(error),
                    str(error.values),
                    whole_traceback(error),
                ]
    output = capfd.readouterr()
    spoken = "\n".join([*said, str(events), caplog.text, output.out, output.err]).encode()
    left = b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "key4.db"
    )
    for secret in secrets_of(bundle.pair, CANARY):
        assert secret not in spoken
        assert secret not in left
    assert list((tmp_path / "tmp").iterdir()) == []


def whole_traceback(error):
    import traceback

    return "".join(traceback.format_exception(error))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_no_secret_shows_in_the_arguments_of_any_process(rig, monkeypatch, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    data = rig.p12(rig.leaf(key=key_of("p256")), password=CANARY)
    lines, stop = set(), threading.Event()

    def spy():
        while not stop.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    lines.add(path.read_bytes())
                except OSError:
                    continue

    spying = threading.Thread(target=spy)
    spying.start()
    read_identity(data, CANARY)
    kaigo_certs.Installer(kaigo_certs.NssStore(tmp_path / "db"), tmp_path / "journal").install(identity)
    stop.set()
    spying.join()
    assert any(b"_worker" in line for line in lines)
    assert not any(CANARY.encode() in line for line in lines)


def test_loading_into_a_context_leaves_no_file_and_no_open_descriptor(rig, tmp_path, monkeypatch):
    import ssl

    _, [identity] = kept(rig, tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    gc.collect()
    descriptors = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for without_memory_files in (False, True):
        if without_memory_files:
            monkeypatch.delattr(os, "memfd_create", raising=False)
        identity.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    if descriptors:
        assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    assert not list(tmp_path.glob("kaigo-*"))


def test_the_package_imports_nothing_heavy_before_it_is_used():
    program = (
        "import sys, kaigo_certs\n"
        "print([m for m in ('cryptography', 'asn1crypto', 'aiohttp') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there_and_the_list_is_sorted():
    assert all(getattr(kaigo_certs, name) is not None for name in kaigo_certs.__all__)
    assert sorted(set(kaigo_certs.__all__)) == sorted(kaigo_certs.__all__)
    with pytest.raises(AttributeError):
        kaigo_certs.nothing_of_the_kind  # noqa: B018


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")
def test_a_tool_that_holds_the_key_can_leave_no_core_and_knows_no_passphrase(rig, monkeypatch, tmp_path):
    import resource
    import shutil

    monkeypatch.setenv("KAIGO_GATEWAY_VAULT__PASSPHRASE", CANARY)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    _, [identity] = kept(rig, tmp_path)
    seen = tmp_path / "seen"
    spy = tmp_path / "bin" / "pk12util"
    spy.parent.mkdir()
    spy.write_text(
        f"#!/bin/sh\ncat /dev/fd/0 >/dev/null\nsleep 0.3\ncat /proc/$$/limits /proc/$$/environ > {seen}\n"
        f'exec {shutil.which("pk12util")} "$@"\n'
    )
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    kaigo_certs.Installer(kaigo_certs.NssStore(tmp_path / "db"), tmp_path / "journal").install(identity)
    told = seen.read_bytes()
    [core] = [line.split() for line in told.splitlines() if line.startswith(b"Max core file size")]
    assert core[4:6] == [b"0", b"0"]
    assert CANARY.encode() not in told


@pytest.mark.skipif(sys.platform == "win32", reason="no core dumps there")
def test_the_command_line_forbids_core_dumps_for_itself_and_what_it_starts():
    program = (
        "import resource\nfrom kaigo_gateway.cli import main\n"
        "try: main(['--version'])\nexcept SystemExit: print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "(0, 0)" in done.stdout


def test_a_started_program_gets_no_variable_that_looks_like_a_secret(monkeypatch):
    for name in ("KAIGO_GATEWAY_VAULT__PASSPHRASE", "CERT_PASSWORD", "API_KEY", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:8080")
    found = child_environment(LC_ALL="C")
    assert CANARY not in found.values()
    assert (found["HTTPS_PROXY"], found["LC_ALL"], "PATH" in found) == ("http://proxy:8080", "C", True)
