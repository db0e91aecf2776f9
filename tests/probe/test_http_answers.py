"""Every way in which a server may put its answer, and garbage."""

import gzip
import random
import zlib

import pytest
from kaigo_gateway.probe.counterpart import Reply, server_context, serving
from probe_rig import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


FIVE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def packed(way, body):
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {way}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (CHUNKED, b"hello world"),
        (CHUNKED[:-7], b"hello world"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", b"hello"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", b"hello"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + FIVE, b"hello"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + FIVE, b"hello"),
        (packed("gzip", gzip.compress(b"hello", mtime=0)), b"hello"),
        (packed("deflate", zlib.compress(b"hello")), b"hello"),
        (packed("gzip", gzip.compress(b"x" * 9_000_000, mtime=0)), b"x" * 65_536),
        (packed("gzip", b"not packed"), b"not packed"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, b"x" * 65_536),
    ],
)
async def test_every_way_to_frame_a_body_is_read(raw, body, office):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(raw=raw)) as port:
        result = await office.probe(port, office.client())
    assert (result.code, result.http.body) == ("HTTP_OK", body)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 503 x\r\nRetry-After: 60\r\n\r\n", "HTTP_MAINTENANCE"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "HTTP_NO_ANSWER"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "HTTP_UNEXPECTED"),
    ],
)
async def test_an_interim_answer_is_not_the_answer(raw, code, office):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(raw=raw)) as port:
        result = await office.probe(port, office.client())
    assert result.code == code


async def test_no_garbage_of_a_server_breaks_the_probe(office):
    chance, context = random.Random(7), server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    answers = [
        b"HTTP/1.1 " + chance.randbytes(40),
        b"\r\n\r\n",
        b"HTTP/1.1 999999999999 x\r\n\r\n",
        b"\x00" * 99,
    ]
    answers += [
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n",
    ]
    answers += [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ]
    identity = office.client()
    with serving(context, lambda _: Reply(raw=answers.pop())) as port:
        codes = [(await office.probe(port, identity)).code for _ in range(len(answers))]
    allowed = {"HTTP_NOT_HTTP", "HTTP_NO_ANSWER", "HTTP_OK", "HTTP_UNEXPECTED", "HTTP_SERVER_ERROR"}
    assert set(codes) <= allowed
