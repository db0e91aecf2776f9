"""The worker process: one request on standard input, one answer on standard output, nothing else.

Loading holds the interpreter lock for as long as the key derivation takes, and a defect of a parser must not
take the caller down; so it happens here. Password and key travel through pipes only.
"""

from __future__ import annotations

import base64
import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kaigo_certs._hardening import forbid_core_dumps

if TYPE_CHECKING:
    from kaigo_certs.reading._load import Loaded

_MEMORY_LIMIT = 2 << 30


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request ``{"data": base64, "key": base64 or null, "password": text or null}``."""
    from kaigo_certs._errors import UnreadableFile

    try:
        loaded = _load(request)
    except UnreadableFile as error:
        return {"error": type(error).__name__, "code": error.code, "values": error.values}
    except MemoryError:
        return {"error": "UnreadableFile", "code": "CERT_FILE_DAMAGED", "values": {}}
    return {
        "keys": [base64.b64encode(key).decode() for key in loaded.keys],
        "certificates": [base64.b64encode(der).decode() for der in loaded.certificates],
        "friendly_name": loaded.friendly_name,
        "variant": loaded.variant,
        "ber": loaded.ber,
        "mac_verified": loaded.mac_verified,
    }


def _load(request: dict[str, Any]) -> Loaded:
    data, key, password = base64.b64decode(request["data"]), request["key"], request["password"]
    if data[:1] == b"\x30" and key is None:
        from kaigo_certs.reading._frame import Frame
        from kaigo_certs.reading._load import load

        known = request.get("frame")
        return load(data, password, known and Frame(**known))
    from kaigo_certs.reading._pem import load_pem

    return load_pem(data, password, base64.b64decode(key) if key else None)


def _harden() -> None:
    """No core dump with a key in it, and an upper limit of memory, where the system offers that."""
    forbid_core_dumps()
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))


def main() -> int:
    """Read the request, write the answer; any unexpected trouble is only an exit code, never a text."""
    _harden()
    request = json.loads(sys.stdin.buffer.read())
    try:
        reply = answer(request)
    except BaseException as error:  # noqa: BLE001 - a panic of the parser is a BaseException
        reply = {"error": "crash", "why": type(error).__name__}
    sys.stdout.buffer.write(json.dumps(reply).encode())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
