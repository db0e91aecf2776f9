"""The NSS tools ``certutil`` and ``pk12util``, run without any secret on disk or in their arguments."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

from kaigo_certs._errors import StoreError
from kaigo_certs._hardening import child_environment, forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cryptography import x509

    from kaigo_certs.stores._rewrap import Transit

_TIME_LIMIT: Final = 60
_KEY_ROW: Final = re.compile(r"^<\s*\d+>\s+\S+\s+([0-9a-f]{8,})\s")
_NO_KEYS: Final = "no keys found"


def missing_tool() -> str | None:
    """The first of the two programs that is not installed, or None."""
    return next((tool for tool in ("certutil", "pk12util") if shutil.which(tool) is None), None)


def create_database(folder: Path) -> None:
    """A new database without a password, as browsers make it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _run(folder, "certutil", "-N", "--empty-password")


def import_pkcs12(folder: Path, transit: Transit) -> None:
    """Import key and certificates; the file goes through memory, its password through a pipe."""
    with _memory_file(transit.data) as data, _pipe() as (password, fill):
        source = ("-i", f"/proc/self/fd/{data}", "-w", f"/proc/self/fd/{password}")
        secret = transit.password.encode() + b"\n"  # 65 bytes: a pipe takes them at once
        _run(folder, "pk12util", *source, fds=(data, password), started=lambda: os.write(fill, secret))


def import_certificate(folder: Path, certificate: x509.Certificate, name: str) -> None:
    """Add a certificate without key and without trust."""
    with _memory_file(certificate.public_bytes(Encoding.DER)) as data:
        _run(folder, "certutil", "-A", "-n", name, "-t", ",,", "-i", f"/proc/self/fd/{data}", fds=(data,))


def key_ids(folder: Path) -> list[str]:
    """The ids (hex) of the private keys in the database; also a test of its password."""
    rows = _run(folder, "certutil", "-K", fine=_NO_KEYS).splitlines()
    return [match[1] for match in map(_KEY_ROW.match, rows) if match]


def delete_key(folder: Path, key_id: str) -> None:
    """Delete one private key by its id."""
    _run(folder, "certutil", "-F", "-k", key_id)


# A session of its own: without a terminal the tools cannot stop to ask for a password.
def _run(
    folder: Path,
    tool: str,
    *arguments: str,
    fds: tuple[int, ...] = (),
    fine: str | None = None,
    started: Callable[[], object] = lambda: None,
) -> str:
    """What the tool prints. ``started`` is called once it can no longer leave a core dump."""
    try:
        with subprocess.Popen(  # noqa: S603 - fixed program, no shell
            [tool, "-d", f"sql:{folder}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=fds,
            start_new_session=True,
            env=child_environment(LC_ALL="C.UTF-8"),
            encoding="utf-8",
            errors="replace",
        ) as process:
            forbid_core_dumps(process.pid)
            started()
            output, complaint = _ended(process)
    except FileNotFoundError:
        raise StoreError("STORE_TOOL_MISSING", store="nss", tool=tool) from None
    except subprocess.TimeoutExpired:
        raise StoreError("STORE_TIMEOUT", store=f"nss:{folder}", seconds=_TIME_LIMIT) from None
    if process.returncode != 0 and not (fine and fine in output + complaint):
        raise _refusal(folder, complaint)
    return output


def _ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Its outputs; a tool that hangs is ended."""
    try:
        return process.communicate(timeout=_TIME_LIMIT)
    except BaseException:
        process.kill()
        raise


def _refusal(folder: Path, stderr: str) -> StoreError:
    """The reason of a failure; the tools' own words are often misleading, so only NSS's code is kept."""
    code = re.search(r"(SEC|SSL|PR)_[A-Z0-9_]+|-8\d\d\d", stderr)
    if "could not authenticate" in stderr or "terminal" in stderr:
        return StoreError("STORE_NSS_LOCKED", store=f"nss:{folder}")
    why = _of_the_system(folder) or _of_the_tool(code, stderr)
    return StoreError("STORE_REFUSED", store=f"nss:{folder}", why=why)


def _of_the_tool(code: re.Match[str] | None, stderr: str) -> str:
    return code[0] if code else (stderr.strip().splitlines() or ["-"])[-1][:120]


def _of_the_system(folder: Path) -> str:
    """What the system refuses, where NSS speaks of a wrong password (seen on a full disk)."""
    trial = folder / f".kaigo-{secrets.token_hex(4)}"
    try:
        if folder.exists():
            trial.write_bytes(b"\0" * 65_536)
    except OSError as error:
        return error.strerror or ""
    finally:
        with suppress(OSError):
            trial.unlink(missing_ok=True)
    return ""


@contextmanager
def _memory_file(data: bytes) -> Iterator[int]:
    handle = _anonymous_file()
    try:
        os.write(handle, data)
        os.lseek(handle, 0, os.SEEK_SET)
        yield handle
    finally:
        os.close(handle)


def _anonymous_file() -> int:
    if sys.platform == "linux":
        return os.memfd_create("transit", os.MFD_CLOEXEC)
    raise StoreError("STORE_OTHER_SYSTEM", store="nss", system="Linux")


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    """Read end and write end."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            with suppress(OSError):
                os.close(end)
