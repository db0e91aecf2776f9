"""Find a store by the name that a person writes: ``nss``, ``nss:FOLDER``, ``windows``, ``macos``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from kaigo_certs._errors import StoreError

if TYPE_CHECKING:
    from kaigo_certs.stores._backend import Backend

STORE_NAMES: Final = ("vault", "nss", "windows", "macos")
"""The stores of this package. ``vault`` is the :class:`kaigo_certs.Vault` itself and needs no backend."""


def open_store(name: str) -> Backend:
    """The backend called ``name``. Raises :class:`StoreError` for an unknown name."""
    kind, _, place = name.partition(":")
    if kind == "nss":
        from kaigo_certs.stores._nss import NssStore

        return NssStore(Path(place).expanduser() if place else None)
    if name == "windows":
        from kaigo_certs.stores._windows import WindowsStore

        return WindowsStore()
    if name == "macos":
        from kaigo_certs.stores._macos import MacStore

        return MacStore()
    raise StoreError("STORE_UNKNOWN", store=name)
