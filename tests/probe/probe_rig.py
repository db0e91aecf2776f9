"""Counterparts for the probe's tests: own rig, nginx, Apache and openssl s_server, all on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from kaigo_gateway.probe import Limits, Target, Trust, probe
from kaigo_gateway.probe.counterpart import Throwaway, unused_port
from kaigo_gateway.probe.counterpart._throwaway import CLIENT, SERVER

DAY = timedelta(days=1)
QUICK = Limits(resolve=2, connect=0.6, proxy=0.6, tls=0.6, http=1.5)

PATIENT = Limits(resolve=5, connect=3, proxy=2.5, tls=2.5, http=3)
"""For servers that are good and slow on a crowded machine, next to others that never answer."""


@dataclass(frozen=True)
class FileIdentity:
    """A client certificate in two PEM files."""

    certificate: Path
    key: Path

    @property
    def sha256(self) -> str:
        return self.certificate.name + str(self.certificate.parent)

    def load_into(self, context) -> None:
        context.load_cert_chain(self.certificate, self.key)


def identity_from(archive: bytes, password: bytes, file: Path) -> FileIdentity:
    """The identity in a PKCS#12, written as one PEM ``file``; what the archive lacks is not added."""
    made = pkcs12.load_pkcs12(archive, password)
    parts = [made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
    parts += [each.certificate.public_bytes(Encoding.PEM) for each in (made.cert, *made.additional_certs)]
    file.write_bytes(b"".join(parts))
    return FileIdentity(file, file)


def shown_at(place, folder):
    """The faulty certificate that belongs to this counterpart, if the fault lies there."""
    if place.client is None:
        return None
    word = place.client.password_file.read_bytes()
    return identity_from(place.client.file.read_bytes(), word, folder / "faulty.pem")


class Office:
    """An authority and the client certificates that it issued, good ones and others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pki = Throwaway(folder / "pki")

    def client(self, **wrong) -> FileIdentity:
        return FileIdentity(*self.pki.issue("TEST office 1370000001", **{"usage": CLIENT, **wrong}))

    def probe(self, port: int, identity=None, *, tls13_only=True, limits=QUICK, **more):
        target = Target.parse(f"https://localhost:{port}/", tls13_only=tls13_only, name="counterpart")
        return probe(target, trust=Trust.pinned(self.pki.root_pem), identity=identity, limits=limits, **more)


VARIANTS = {
    "good": {},
    "expired": {"begins": -300 * DAY, "ends": -DAY},
    "not_yet_valid": {"begins": DAY},
    "wrong_purpose": {"usage": SERVER},
    "stranger": {"stranger": True},
    "without_chain": {"chain": False},
}


def missing(*programs: str) -> bool:
    """True where a program is not installed; in CI that is an error, not a skip."""
    lacking = [name for name in programs if not shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")]
    if lacking and os.environ.get("CI"):
        pytest.fail(f"not installed: {', '.join(lacking)}")
    return bool(lacking)


@contextlib.contextmanager
def running(command: list[str], port: int, folder: Path):
    """A server process (which is yielded) until the block ends; ended by its own id."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True
        )
    (folder / "server.pid").write_text(str(process.pid))
    try:
        _wait(port, process, folder)
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End a server with its workers; its process group is its own, made in :func:`running`."""
    for sign in (signal.SIGTERM, signal.SIGCONT):  # one that a test has frozen cannot hear the first
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)


def _wait(port: int, process: subprocess.Popen, folder: Path) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError((folder / "server.log").read_text()[-800:])


@contextlib.contextmanager
def nginx(
    folder: Path,
    certificate: Path,
    key: Path,
    client_ca: Path,
    *,
    tls="TLSv1.3",
    verify="on",
    listen="ssl",
    extra="",
    content="return 200 ok",
):
    """nginx that wants a client certificate, unless ``verify`` says otherwise."""
    port = unused_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nginx.conf"
    config.write_text(f"""
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port} {listen} backlog=511; ssl_certificate {certificate};
ssl_certificate_key {key}; ssl_protocols {tls}; ssl_client_certificate {client_ca};
ssl_verify_client {verify}; ssl_verify_depth 3; {extra}
location / {{ {content}; }} }} }}
""")
    with running(["/usr/sbin/nginx", "-e", f"{folder}/error.log", "-c", str(config)], port, folder):
        yield port


@contextlib.contextmanager
def apache(
    folder: Path,
    certificate: Path,
    key: Path,
    client_ca: Path,
    *,
    tls="TLSv1.3",
    verify="require",
    engine="on",
    extra="",
):
    """Apache that wants a client certificate, unless ``verify`` says otherwise."""
    port = unused_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "www").mkdir(exist_ok=True)
    (folder / "www" / "index.html").write_text("simulated")
    modules = "/usr/lib/apache2/modules"
    names = ("mpm_event", "ssl", "authz_core", "dir", "socache_shmcb", "alias", "headers", "proxy",
             "proxy_http", "proxy_connect", "authn_core", "authn_file", "authz_user", "auth_basic",
             "auth_digest")  # fmt: skip
    loads = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names)
    config = folder / "apache.conf"
    config.write_text(f"""
ServerRoot {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
ServerName localhost
Listen 127.0.0.1:{port}
{loads}
User www-data
Group www-data
DocumentRoot {folder}/www
<Directory {folder}/www>
Require all granted
</Directory>
DirectoryIndex index.html
StartServers 1
<VirtualHost 127.0.0.1:{port}>
SSLEngine {engine}
SSLProtocol -all +{tls}
SSLCertificateFile {certificate}
SSLCertificateKeyFile {key}
SSLCACertificateFile {client_ca}
SSLVerifyClient {verify}
SSLVerifyDepth 3
{extra}
</VirtualHost>
""")
    _open_up(folder)
    with running(["/usr/sbin/apache2", "-f", str(config), "-DFOREGROUND"], port, folder):
        yield port


def _open_up(folder: Path) -> None:
    """Apache's workers run as another user and have to reach the document root."""
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o011)
    for path in (folder / "www", folder / "www" / "index.html"):
        path.chmod(0o755)


@contextlib.contextmanager
def s_server(folder: Path, certificate: Path, key: Path, *options: str, mode="-www"):
    """``openssl s_server -www`` (or another mode)."""
    port = unused_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", mode, "-quiet"]
    command += ["-cert", str(certificate), "-key", str(key), *options]
    if Path(certificate).read_bytes().count(b"BEGIN CERTIFICATE") > 1:  # it would send a lone one twice
        command += ["-cert_chain", str(certificate)]
    with running(command, port, folder):
        yield port


def curl_reaches(target: Target, ca: Path, identity: FileIdentity | None, proxy: str | None = None) -> bool:
    """Whether curl, with the same certificate and the same way, gets an answer below 400."""
    command = ["curl", "-sS", "-f", "-o", os.devnull, "--tlsv1.3", "--max-time", "4", "--noproxy", ""]
    command += ["--cacert", str(ca), *(["--proxy", proxy] if proxy else [])]
    if identity is not None:
        command += ["--cert", str(identity.certificate), "--key", str(identity.key)]
    return subprocess.run([*command, target.url], capture_output=True, check=False).returncode == 0
