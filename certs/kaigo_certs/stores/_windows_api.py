"""The calls of crypt32.dll that the Windows store needs, through ctypes. Not run on Windows.

Written to Microsoft's documentation of PFXImportCertStore, CertOpenStore, CertEnumCertificatesInStore,
CertAddCertificateContextToStore, CertDeleteCertificateFromStore, CertControlStore and
CryptAcquireCertificatePrivateKey; the same calls were tried in C under Wine 8, not from a Windows Python.
"""

from __future__ import annotations

import ctypes
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kaigo_certs._errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPORT_FLAGS: Final = 0x1000 | 0x100
"""CRYPT_USER_KEYSET | PKCS12_PREFER_CNG_KSP. Deliberately absent: CRYPT_EXPORTABLE (0x1), so that the key can
never leave, and PKCS12_NO_PERSIST_KEY (0x8000), with which it would not stay."""

_SYSTEM_STORE_W: Final = 10
_CURRENT_USER: Final = 0x10000
_REPLACE_EXISTING: Final = 3
_CONTROL_COMMIT: Final = 2
_SILENT_ANY_PROVIDER: Final = 0x40 | 0x10000


class _Blob(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("data", ctypes.c_void_p)]


class _Context(ctypes.Structure):
    _fields_ = [
        ("encoding", ctypes.c_uint32),
        ("encoded", ctypes.c_void_p),
        ("size", ctypes.c_uint32),
        ("info", ctypes.c_void_p),
        ("store", ctypes.c_void_p),
    ]


class Crypt32:
    """crypt32.dll with its signatures declared; ``library`` replaces the DLL in tests."""

    def __init__(self, library: Any = None) -> None:
        self._dll = library if library is not None else ctypes.WinDLL("crypt32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
        handle = ctypes.c_void_p
        for name, arguments, result in (
            ("PFXImportCertStore", [ctypes.POINTER(_Blob), ctypes.c_wchar_p, ctypes.c_uint32], handle),
            ("CertOpenStore", [handle, ctypes.c_uint32, handle, ctypes.c_uint32, ctypes.c_wchar_p], handle),
            ("CertEnumCertificatesInStore", [handle, ctypes.POINTER(_Context)], ctypes.POINTER(_Context)),
            ("CertDuplicateCertificateContext", [ctypes.POINTER(_Context)], ctypes.POINTER(_Context)),
            ("CertAddCertificateContextToStore", [handle, ctypes.POINTER(_Context), ctypes.c_uint32, handle],
             ctypes.c_int),
            ("CertDeleteCertificateFromStore", [ctypes.POINTER(_Context)], ctypes.c_int),
            ("CertControlStore", [handle, ctypes.c_uint32, ctypes.c_uint32, handle], ctypes.c_int),
            ("CertCloseStore", [handle, ctypes.c_uint32], ctypes.c_int),
            ("CryptAcquireCertificatePrivateKey",
             [ctypes.POINTER(_Context), ctypes.c_uint32, handle, handle, handle, handle], ctypes.c_int),
        ):  # fmt: skip
            function = getattr(self._dll, name)
            function.argtypes, function.restype = arguments, result

    @contextmanager
    def system_store(self, name: str) -> Iterator[Any]:
        """CurrentUser\\``name`` (``MY``, ``CA``), opened; changes are committed on leaving."""  # noqa: D301 - a store's name
        store = self._dll.CertOpenStore(_SYSTEM_STORE_W, 0, None, _CURRENT_USER, name)
        if not store:
            raise self._failed("CertOpenStore")
        try:
            yield store
            if not self._dll.CertControlStore(store, 0, _CONTROL_COMMIT, None):
                raise self._failed("CertControlStore")
        finally:
            self._dll.CertCloseStore(store, 0)

    @contextmanager
    def imported(self, data: bytes, password: str) -> Iterator[Any]:
        """The in-memory store of a PKCS#12 file whose keys Windows has now put into its key storage."""
        buffer = ctypes.create_string_buffer(data, len(data))
        blob = _Blob(len(data), ctypes.cast(buffer, ctypes.c_void_p))
        store = self._dll.PFXImportCertStore(ctypes.byref(blob), password, IMPORT_FLAGS)
        ctypes.memset(buffer, 0, len(data))
        if not store:
            raise self._failed("PFXImportCertStore")
        try:
            yield store
        finally:
            self._dll.CertCloseStore(store, 0)

    def certificates(self, store: Any) -> Iterator[tuple[str, Any]]:
        """SHA-256 and context of every certificate of a store."""
        context = self._dll.CertEnumCertificatesInStore(store, None)
        while context:
            raw = ctypes.string_at(context.contents.encoded, context.contents.size)
            yield hashlib.sha256(raw).hexdigest(), context
            context = self._dll.CertEnumCertificatesInStore(store, context)

    def has_key(self, context: Any) -> bool:
        """Whether Windows finds the private key without asking anyone."""
        key, spec, free = ctypes.c_void_p(), ctypes.c_uint32(), ctypes.c_int()
        return bool(
            self._dll.CryptAcquireCertificatePrivateKey(
                context, _SILENT_ANY_PROVIDER, None, ctypes.byref(key), ctypes.byref(spec), ctypes.byref(free)
            )
        )

    def add(self, store: Any, context: Any) -> None:
        """Copy a certificate (with its link to the key) into a store."""
        if not self._dll.CertAddCertificateContextToStore(store, context, _REPLACE_EXISTING, None):
            raise self._failed("CertAddCertificateContextToStore")

    def delete(self, store: Any, wanted: set[str]) -> None:
        """Delete certificates by SHA-256, after the enumeration: during it, it did not last under Wine."""
        doomed = [
            self._dll.CertDuplicateCertificateContext(context)
            for sha256, context in self.certificates(store)
            if sha256 in wanted
        ]
        for context in doomed:
            if not self._dll.CertDeleteCertificateFromStore(context):
                raise self._failed("CertDeleteCertificateFromStore")

    def _failed(self, call: str) -> StoreError:
        code = getattr(ctypes, "get_last_error", lambda: 0)()
        return StoreError("STORE_REFUSED", store="windows", why=f"{call} 0x{code & 0xFFFFFFFF:08X}")
