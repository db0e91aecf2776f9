"""Stores of certificates as the REST service offers them: our own, and those that plugins bring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.web._problems import Mistake, problem
from kaigo_gateway.web._sites import allowed
from kaigo_gateway.web.api._certificate_models import StoreInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.descriptors import CertificateStore
    from kaigo_gateway.web._options import WebOptions

log = structlog.get_logger(__name__)

TITLES: Final[Mapping[str, str]] = {
    "vault": N_("The gateway's own vault (encrypted)"),
    "nss": N_("Chromium, Chrome and Edge on Linux (NSS database of this user)"),
    "windows": N_("The Windows certificate store of this user (not run on Windows)"),
    "macos": N_("The macOS key chain of this user (not run on macOS)"),
}
_PLATFORMS: Final = {"windows": "win32", "macos": "darwin"}


async def stores_of_plugins(gateway: Gateway) -> dict[str, CertificateStore]:
    """The stores that plugins bring, by name; a plugin that fails is logged and its store left out."""
    called = await gateway.host.call_with_settings("gateway_certificate_stores", {})
    for trouble in called.problems:
        log.error("plugin_hook_failed", hook=trouble.hook, plugin=trouble.plugin, detail=trouble.detail)
    return {store.name: store for outcome in called.outcomes for store in outcome.value or ()}


async def known_stores(gateway: Gateway, language: str) -> list[StoreInfo]:
    """Every store by name, and why one cannot be used here ("" where it can)."""
    ours = [
        StoreInfo(name=name, title=translate(title, language=language), unavailable=_not_here(name, language))
        for name, title in TITLES.items()
    ]
    theirs = [
        StoreInfo(name=store.name, title=store.title, unavailable=store.available() or "")
        for store in (await stores_of_plugins(gateway)).values()
    ]
    return [*ours, *theirs]


async def browser_stores(gateway: Gateway, language: str) -> list[StoreInfo]:
    """Stores beside the vault that a page of this machine can offer; NSS where the system has no store."""
    import sys

    left_out = {"vault", *(("nss",) if sys.platform in _PLATFORMS.values() else ())}
    known = await known_stores(gateway, language)
    return [each for each in known if not each.unavailable and each.name not in left_out]


def _not_here(name: str, language: str) -> str:
    import sys

    if sys.platform == _PLATFORMS.get(name, sys.platform):
        return ""
    return translate(N_("This machine runs another operating system."), language=language)


async def wanted_stores(
    names: Sequence[str], gateway: Gateway, options: WebOptions
) -> tuple[tuple[str, ...], dict[str, CertificateStore]]:
    """The names that a request may use, and the plugins' stores. Raises problem 422.

    A folder behind ``nss:`` is a path of this machine: it must lie below an allowed folder.
    """
    extra = await stores_of_plugins(gateway)
    for name in names:
        kind, _, place = name.partition(":")
        if name not in extra and kind not in TITLES:
            why = N_("there is no store of this name; /api/v1/certificate-stores lists them")
            raise problem("NOT_VALID", errors=(Mistake(place="stores", why=why),))
        if place and name not in extra and not allowed(Path(place), options):
            why = N_("outside the uploads and the allowed folders")
            raise problem("PATH_NOT_ALLOWED", errors=(Mistake(place="stores", why=why),))
    return tuple(dict.fromkeys(names)), extra
