"""``kaigo-gateway serve`` and ``service`` as a person starts them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager

from aiohttp import ClientSession
from kaigo_gateway.sandbox.authority import DemoAuthority

STOPPED_WITHIN = 10.0
"""Seconds; generous, because tests never assert timing. The benchmark measures the two seconds."""


def environment(home):
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("KAIGO_", "XDG_"))},
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "KAIGO_GATEWAY_LANGUAGE": "en",
        "LANG": "C.UTF-8",
    }


def program(*arguments):
    return [sys.executable, "-m", "kaigo_gateway", "--lang", "en", *arguments]


def run(home, *arguments):
    return subprocess.run(
        program(*arguments), env=environment(home), capture_output=True, text=True, timeout=60, check=False
    )


@asynccontextmanager
async def started(home, *arguments):
    """The program, its first lines, and the address it says."""
    child = await asyncio.create_subprocess_exec(
        *program("serve", "--port", "0", *arguments),
        env=environment(home),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        lines = [(await asyncio.wait_for(child.stdout.readline(), 60)).decode() for _ in range(4)]
        yield child, "".join(lines)
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def test_serve_says_where_it_is_and_how_to_sign_in_and_ends_with_open_streams(tmp_path):
    async with started(tmp_path) as (child, said), ClientSession() as session:
        address = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        token_file = tmp_path / "data" / "kaigo-gateway" / "web" / "tokens"
        assert f"{address}/login/" in said
        assert str(token_file) in said
        token = re.search(r"administrator (\S+)", token_file.read_text())[1]
        assert token not in said
        bearer = {"Authorization": f"Bearer {token}"}
        site = {
            "office": {"number": "1370000001", "name": "n", "services": ["11"]},
            "supporter": {"name": "s"},
        }
        async with session.post(f"{address}/api/v1/setups", json=site, headers=bearer) as made:
            events = f"{address}{made.headers['Location']}/events"
        async with session.get(events, headers=bearer) as stream:
            assert await stream.content.readline() == b"retry: 2000\n"
            child.send_signal(signal.SIGTERM)
            code = await asyncio.wait_for(child.wait(), STOPPED_WITHIN)
        assert code == 0
        assert (await child.stderr.read()).decode() == ""


def test_a_port_in_use_is_one_sentence_and_exit_code_3(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout) == (3, "")
    assert "another program uses that port" in done.stderr
    assert "--port" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_address_that_is_not_ours_is_one_sentence_and_exit_code_3(tmp_path):
    authority = DemoAuthority(tmp_path / "ca")
    chain, key = authority.server_files()
    done = run(
        tmp_path,
        "serve",
        "--host",
        "192.0.2.1",
        "--port",
        "0",
        "--tls-cert",
        str(chain),
        "--tls-key",
        str(key),
    )
    assert done.returncode == 3
    assert "this machine has no such address" in done.stderr


def test_other_machines_without_tls_is_wrong_use(tmp_path):
    done = run(tmp_path, "serve", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "needs TLS" in done.stderr


def test_a_key_that_does_not_fit_is_wrong_use(tmp_path):
    authority = DemoAuthority(tmp_path / "ca")
    chain, _ = authority.server_files("one.example")
    _, key = authority.server_files("two.example")
    done = run(tmp_path, "serve", "--host", "0.0.0.0", "--tls-cert", str(chain), "--tls-key", str(key))
    assert done.returncode == 2
    assert "TLS certificate" in done.stderr


async def test_with_tls_the_service_answers_by_its_name_and_its_cookie_is_secure(tmp_path):
    import ssl

    authority = DemoAuthority(tmp_path / "ca")
    chain, key = authority.server_files("localhost")
    context = ssl.create_default_context(cafile=str(authority.root_pem))
    arguments = ("--name", "localhost", "--tls-cert", str(chain), "--tls-key", str(key))
    async with started(tmp_path, *arguments) as (_, said), ClientSession() as session:
        link = re.search(r"https://localhost:\d+/login/\S+", said)[0]
        async with session.get(link, ssl=context) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]


def test_settings_that_are_not_valid_stop_the_service_before_it_listens(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("[web]\nport = 99999\n")
    done = run(tmp_path, "serve", "--settings", str(file))
    assert done.returncode == 2
    assert "web.port" in done.stderr
