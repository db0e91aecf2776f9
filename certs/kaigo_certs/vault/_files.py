"""Files that only their owner reads, written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from kaigo_certs._errors import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def make_folder(folder: Path) -> None:
    """Create ``folder`` (0700) and its parents. On Windows the user profile's own ACL protects it."""
    with _as_vault_error(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_json(path: Path, content: dict[str, Any], *, replace: bool = True) -> bool:
    """Write ``content`` durably with mode 0600; the old content stays whole until the new one is.

    With ``replace=False`` an existing file wins and False is returned.
    """
    data = (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    return write_bytes(path, data, replace=replace)


def write_bytes(path: Path, data: bytes, *, replace: bool = True) -> bool:
    """:func:`write_json` for bytes."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    with _as_vault_error(path):
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            written = _put_in_place(temporary, path, replace=replace)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
        sync_folder(path.parent)
    return written


def _put_in_place(temporary: Path, path: Path, *, replace: bool) -> bool:
    if replace:
        temporary.replace(path)
        return True
    try:
        os.link(temporary, path)  # fails where the name is taken: the first writer wins
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if path.exists():
            return False
        temporary.replace(path)
    return True


def sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows cannot open a folder and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_json(path: Path) -> dict[str, Any]:
    """The content of a file written here; :class:`VaultError` when it is damaged or cannot be read."""
    with _as_vault_error(path):
        data = path.read_bytes()
    try:
        content = json.loads(data)
    except ValueError:
        raise VaultError("VAULT_DAMAGED", path=str(path)) from None
    if not isinstance(content, dict):
        raise VaultError("VAULT_DAMAGED", path=str(path))
    return content


def remove_file(path: Path) -> bool:
    """Delete a file; False when it was not there."""
    with _as_vault_error(path):
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        sync_folder(path.parent)
    return True


def tighten(path: Path) -> str | None:
    """Take others' rights away from a file or folder; the rights it had (octal) where that was needed."""
    if os.name == "nt":
        return None
    with _as_vault_error(path):
        mode = path.stat().st_mode & 0o777
        if not mode & 0o077:
            return None
        path.chmod(mode & 0o700)
    return f"{mode:04o}"


@contextmanager
def _as_vault_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VaultError(
            "VAULT_NOT_WRITABLE", path=str(path), why=error.strerror or type(error).__name__
        ) from None
