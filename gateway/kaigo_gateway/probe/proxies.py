"""Which proxy: environment, system settings (Windows registry, macOS), explicit, or a PAC script.

urllib reads the first two; a PAC script runs in a process of its own under a time limit, because an endless
one would otherwise hang the program.
"""

from __future__ import annotations

import asyncio
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from kaigo_gateway.i18n import N_
from kaigo_gateway.probe._autoconfig import autoconfig_address, shown_name
from kaigo_gateway.probe._pac import pac_answer, pac_answer_at
from kaigo_gateway.probe._tunnel import Proxy, ProxyRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kaigo_gateway.probe._target import Target

_DEFAULT_PORT: Final = 8080


@dataclass(frozen=True, slots=True)
class ProxyChoice:
    """How a site chooses its proxy.

    ``setting``: a URL, ``system``, ``none``, or None for the environment. ``pac_file`` goes before all but
    ``none``. ``password`` belongs to the user in the URL; it is used once per probe (Basic).
    """

    setting: str | None = None
    password: SecretStr | None = None
    pac_file: Path | None = None

    async def for_target(self, target: Target) -> Proxy | None:
        """The proxy for ``target``, or None for a direct way; raises :class:`ProxyRefusal`."""
        if self.setting == "none":
            return None
        if self.pac_file is not None:
            return self._from_answer(await pac_answer(self.pac_file, target), self.pac_file.name)
        if self.setting == "system":
            return await self._by_system(target)
        if self.setting is None:
            return _by_environment(target)
        return parsed(self.setting, self.password)

    async def _by_system(self, target: Target) -> Proxy | None:
        """The environment's proxies, else the system's PAC script, else the system's fixed proxy."""
        if urllib.request.getproxies_environment().keys() & {"https", "all"}:
            return _by_environment(target)
        # macOS and Windows may ask the operating system, which can take a moment
        address = await asyncio.to_thread(autoconfig_address)
        if address:
            return self._from_answer(await pac_answer_at(address, target), shown_name(address))
        return await asyncio.to_thread(_by_system, target)

    def _from_answer(self, answer: str, name: str) -> Proxy | None:
        for entry in answer.split(";"):
            kind, _, place = entry.strip().partition(" ")
            if kind.upper() == "DIRECT":
                return None
            if kind.upper() in {"PROXY", "HTTP"}:
                return parsed(f"http://{place.strip()}", self.password, "pac")
        raise ProxyRefusal("PAC_UNREADABLE", pac=name, detail=N_("no usable proxy in its answer"))


def _by_environment(target: Target) -> Proxy | None:
    found = urllib.request.getproxies_environment()
    bypass = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed leaves it out
    return None if bypass(target.host, found) else _of(found, "environment")


def _by_system(target: Target) -> Proxy | None:
    """urllib: the environment, else the Windows registry or macOS (both not run here)."""
    if urllib.request.proxy_bypass(target.host):
        return None
    return _of(urllib.request.getproxies(), "system")


def _of(found: Mapping[str, str], source: str) -> Proxy | None:
    url = found.get("https") or found.get("all")
    return parsed(url, None, source) if url else None


def parsed(url: str, password: SecretStr | None = None, source: str = "explicit") -> Proxy:
    """A proxy from its URL; raises :class:`ProxyRefusal` for another kind than HTTP."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:  # the text may hold a password, so it is not repeated
        raise ProxyRefusal("PROXY_KIND_UNSUPPORTED", proxy="?") from None
    if parts.scheme != "http" or not host:
        raise ProxyRefusal("PROXY_KIND_UNSUPPORTED", proxy=f"{parts.scheme}://{host or '?'}")
    if password is None and parts.password is not None:
        password = SecretStr(unquote(parts.password))
    user = unquote(parts.username) if parts.username else None
    return Proxy(host, port or _DEFAULT_PORT, user, password, source)
