"""One change of a store at a time, across processes; a lock ends with its process, however that ends."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from kaigo_certs._errors import StoreError
from kaigo_certs.vault._files import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_SECONDS: Final = 60.0


@contextmanager
def exclusive(folder: Path, store: str, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of ``store`` in ``folder``; without it a recovery could undo another's work in progress.

    Raises :class:`StoreError` (``STORE_BUSY``) when another process keeps it longer than ``wait`` seconds.
    """
    make_folder(folder)
    name = hashlib.sha256(store.encode()).hexdigest()[:16]
    handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + wait
        while not _try(handle):
            if time.monotonic() > end:
                raise StoreError("STORE_BUSY", store=store, seconds=wait)
            time.sleep(0.05)
        yield
    finally:
        with suppress(OSError):
            _release(handle)
        os.close(handle)


if sys.platform == "win32":  # not run on Windows
    import msvcrt

    def _try(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _release(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
