"""Read a certificate file: sniff, pre-parse, load apart, put the pieces together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaigo_certs._model import Bundle, CertFinding, Container, Verdict
from kaigo_certs.reading._assemble import assemble
from kaigo_certs.reading._passwords import to_text
from kaigo_certs.reading._preparse import preparse
from kaigo_certs.reading._process import TIME_LIMIT, load_apart, load_apart_async
from kaigo_certs.reading._sniff import check_length, decode_base64, sniff

if TYPE_CHECKING:
    from kaigo_certs.reading._frame import Frame
    from kaigo_certs.reading._load import Loaded


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file that passed everything that can be judged without its password."""

    data: bytes
    password: str | None
    key: bytes | None
    frame: Frame | None
    notes: tuple[CertFinding, ...]


def read_identity(
    data: bytes,
    password: bytes | str | None = None,
    *,
    key_data: bytes | None = None,
    time_limit: float = TIME_LIMIT,
) -> Bundle:
    """Everything usable in a PKCS#12 file (or a PEM certificate with its key).

    ``password`` as text or bytes (UTF-8, else Shift_JIS); usual slips of typing are tried in order, and the
    bundle says which reading fitted. ``key_data`` is the private key's PEM where it lies in a file of its
    own. Loading happens in a worker process that ends after ``time_limit`` seconds. Blocks.

    Raises :class:`kaigo_certs.UnreadableFile` with the reason why the file is unfit, of which
    :class:`kaigo_certs.WrongPassword` is one.
    """
    ready = _prepare(data, password, key_data)
    return _finish(ready, load_apart(ready.data, ready.password, ready.key, time_limit, ready.frame))


async def read_identity_async(
    data: bytes,
    password: bytes | str | None = None,
    *,
    key_data: bytes | None = None,
    time_limit: float = TIME_LIMIT,
) -> Bundle:
    """:func:`read_identity` for an event loop, which it does not hold up."""
    ready = await asyncio.to_thread(_prepare, data, password, key_data)
    loaded = await load_apart_async(ready.data, ready.password, ready.key, time_limit, ready.frame)
    return await asyncio.to_thread(_finish, ready, loaded)


def _prepare(data: bytes, password: bytes | str | None, key_data: bytes | None) -> _Prepared:
    notes: list[CertFinding] = []
    kind = sniff(data)
    text = to_text(password)
    if kind == "pem":
        return _Prepared(data, text, key_data, None, ())
    if kind == "base64":
        data = decode_base64(data)
        notes.append(CertFinding("CERT_FILE_BASE64", Verdict.WARN))
    extra = check_length(data)
    if extra:
        data = data[: len(data) - extra]
        notes.append(CertFinding("CERT_FILE_TRAILING", Verdict.WARN, {"count": extra}))
    return _Prepared(data, text, None, preparse(data), tuple(notes))


def _finish(ready: _Prepared, loaded: Loaded) -> Bundle:
    container = Container("pem") if ready.frame is None else _container(ready.frame, ber=loaded.ber)
    return assemble(loaded, container, ready.frame, ready.notes, password_given=bool(ready.password))


def _container(frame: Frame, *, ber: bool) -> Container:
    return Container("pkcs12", frame.ciphers, frame.mac, max(frame.rounds, default=0), ber)
