"""A blocking HTTPS server that demands a client certificate and greets it by name."""

from __future__ import annotations

import socket
import ssl
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from certs_rig import build, key_of, key_pem, name
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID


def server_files(rig):
    """Chain and key of a server called localhost."""
    key = key_of("rsa2048", "server")
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    leaf = build(
        name("localhost"), key, rig.intermediate, days=90, extensions=[(names, False), (usage, False)]
    )
    return rig.write(leaf.public_bytes(Encoding.PEM) + rig.intermediate.pem), rig.write(key_pem(key))


def server_context(rig, *, trusted=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*server_files(rig))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(rig.write(trusted or rig.chain_pem))
    return context


@contextmanager
def demanding_server(rig, **kw):
    """The address of a running server; ``visitors`` of the result are the names of those who got in."""
    context = server_context(rig, **kw)
    listener = socket.create_server(("127.0.0.1", 0))
    visitors = []
    threading.Thread(target=_serve, args=(listener, context, visitors), daemon=True).start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}", visitors
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _serve(listener, context, visitors):
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(plain, context, visitors), daemon=True).start()


def _answer(plain, context, visitors):
    with suppress(OSError), plain:
        plain.settimeout(10)
        secure = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        try:
            secure.do_handshake()
        except ssl.SSLError:
            time.sleep(0.3)  # closing at once would turn the alert into a reset
            secure.close()
            raise
        with secure:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = secure.recv(4096)
                if not piece:
                    return
                request += piece
            subject = {k: v for part in secure.getpeercert()["subject"] for k, v in part}
            visitors.append(subject["commonName"])
            page = f"<html><meta charset=utf-8><body>ようこそ {subject['commonName']}</body></html>".encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n"
            secure.sendall(head.encode() + b"Connection: close\r\n\r\n" + page)


@contextmanager
def nginx_server(rig, *, trusted):
    """The address of an nginx that names ``trusted`` in its request, as Python's ssl never does."""
    chain, key = server_files(rig)
    folder = Path(tempfile.mkdtemp(dir=rig.folder))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "nginx.conf").write_text(f"""
        daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
        user root;
        events {{ worker_connections 64; }}
        http {{
          access_log off;
          client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
          uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
          server {{
            listen 127.0.0.1:{port} ssl;
            ssl_certificate {chain}; ssl_certificate_key {key};
            ssl_client_certificate {rig.write(trusted)}; ssl_verify_client on; ssl_verify_depth 3;
            default_type text/plain;
            location / {{ return 200 "verified: $ssl_client_verify\\n"; }}
          }}
        }}
    """)
    process = subprocess.Popen(["nginx", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"])
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)
