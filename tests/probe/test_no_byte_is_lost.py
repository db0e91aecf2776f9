"""The wait for the server's verdict ends by silence, and whatever comes at that very moment is still read."""

import asyncio
import contextlib
import socket
import threading
import time

import pytest
from kaigo_gateway.probe import Limits
from kaigo_gateway.probe.counterpart import Reply, raw_server, server_context, serving
from probe_rig import Office

PAUSE = 0.25


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def late_verdict(port):
    """A relay that holds back what the server says after the client has finished its handshake."""

    def behave(near):
        with socket.create_connection(("127.0.0.1", port)) as far:
            finished = threading.Event()

            def back():
                with contextlib.suppress(OSError):
                    while data := far.recv(65536):
                        if finished.is_set():
                            time.sleep(PAUSE)
                            finished.clear()
                        near.sendall(data)

            thread = threading.Thread(target=back, daemon=True)
            thread.start()
            for number in range(1000):
                data = near.recv(65536)
                if not data:
                    break
                if number == 1:
                    finished.set()
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)
            thread.join(2)

    return behave


async def test_a_ticket_that_comes_as_the_wait_ends_is_not_lost(office):
    """The loop is busy while both the ticket and the end of the wait come: the bytes must survive."""
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    loop = asyncio.get_running_loop()
    with serving(context, lambda _: Reply(200)) as server, raw_server(late_verdict(server)) as port:
        for _ in range(3):
            busy = loop.call_later(0.12, time.sleep, 0.6)
            result = await office.probe(port, office.client(), limits=Limits(verdict=0.2))
            busy.cancel()
            assert result.code == "HTTP_OK"


async def test_silence_is_taken_as_consent_and_a_late_ticket_does_no_harm(office):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as server, raw_server(late_verdict(server)) as port:
        result = await office.probe(port, office.client(), limits=Limits(verdict=0.05))
    assert (result.code, result.tls.ticket) == ("HTTP_OK", True)


async def test_a_late_refusal_is_still_told_by_its_alert(office):
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as server, raw_server(late_verdict(server)) as port:
        result = await office.probe(port, office.client(stranger=True), limits=Limits(verdict=0.05))
    assert result.code == "TLS_CLIENT_CERT_UNKNOWN_CA"
