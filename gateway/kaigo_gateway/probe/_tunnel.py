"""CONNECT through an HTTP proxy; its refusals told apart."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kaigo_gateway.probe._target import bracketed

if TYPE_CHECKING:
    from pydantic import SecretStr

    from kaigo_gateway.probe._target import Target
    from kaigo_gateway.probe._wire import Wire

_HEAD_LIMIT: Final = 16_384
_REFUSALS: Final = {
    403: "PROXY_DENIED",
    407: "PROXY_AUTH_REQUIRED",
    **dict.fromkeys((500, 502, 503, 504), "PROXY_UPSTREAM"),  # 500: so says tinyproxy
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; ``source`` says where the setting came from. The password is never shown."""

    host: str
    port: int
    user: str | None = None
    password: SecretStr | None = None
    source: str = "explicit"

    @property
    def shown(self) -> str:
        """``host:port`` without credentials."""
        return f"{bracketed(self.host)}:{self.port}"

    def authorization(self) -> str | None:
        """The value of ``Proxy-Authorization`` (Basic), or None."""
        if self.user is None:
            return None
        secret = self.password.get_secret_value() if self.password else ""
        return "Basic " + b64encode(f"{self.user}:{secret}".encode()).decode()


class ProxyRefusal(Exception):
    """The proxy did not open the tunnel; ``code`` is the reason code."""

    def __init__(self, code: str, **seen: object) -> None:
        super().__init__(code)
        self.code, self.seen = code, seen


async def open_tunnel(wire: Wire, target: Target, proxy: Proxy) -> None:
    """Ask ``proxy`` for a tunnel to ``target``; raises :class:`ProxyRefusal`."""
    authorization = proxy.authorization()
    lines = [
        f"CONNECT {target.authority} HTTP/1.1",
        f"Host: {target.authority}",
        *([f"Proxy-Authorization: {authorization}"] if authorization else []),
    ]
    await wire.send("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = await _head(wire)
    status = _status(head)
    if status == 200:  # noqa: PLR2004 - the tunnel is open
        return
    code = _REFUSALS.get(status, "PROXY_ERROR")
    if code == "PROXY_AUTH_REQUIRED":
        schemes = _schemes(head)
        if schemes and "basic" not in {scheme.lower() for scheme in schemes}:
            code = "PROXY_AUTH_UNSUPPORTED"
        elif authorization:
            code = "PROXY_AUTH_REJECTED"
        raise ProxyRefusal(code, status=status, schemes=schemes)
    if status == 401 and authorization:  # noqa: PLR2004 - so tinyproxy refuses a wrong password
        code = "PROXY_AUTH_REJECTED"
    raise ProxyRefusal(code, status=status)


async def _head(wire: Wire) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = await wire.receive()
        if not more:
            raise ProxyRefusal("PROXY_NOT_A_PROXY" if data else "PROXY_CLOSED")
        data += more
        if len(data) > _HEAD_LIMIT or not data.startswith(b"HTTP/"[: len(data)]):
            raise ProxyRefusal("PROXY_NOT_A_PROXY")
    return data


def _status(head: bytes) -> int:
    words = head.split(None, 2)
    if len(words) < 2 or not words[1].isdigit():  # noqa: PLR2004 - version and status
        raise ProxyRefusal("PROXY_NOT_A_PROXY")
    return int(words[1])


def _schemes(head: bytes) -> list[str]:
    """Authentication schemes that the proxy offers."""
    found = [
        line.split(b":", 1)[1].split()[0].decode("latin-1")
        for line in head.split(b"\r\n")[1:]
        if line.lower().startswith(b"proxy-authenticate:") and line.split(b":", 1)[1].strip()
    ]
    return list(dict.fromkeys(found))
