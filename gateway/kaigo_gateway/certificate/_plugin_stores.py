"""The certificate stores that plugins bring, for the commands ``cert ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from kaigo_certs import STORE_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaigo_gateway.model.descriptors import CertificateStore

_log = structlog.get_logger(__name__)


async def plugin_stores(names: Sequence[str]) -> dict[str, CertificateStore]:
    """Stores of plugins by name; plugins are loaded only where one of ``names`` is none of our own.

    There is no site here, so each plugin gets its settings' defaults. A plugin that fails is logged, and its
    store is then unknown.
    """
    if all(name.partition(":")[0] in STORE_NAMES for name in names):
        return {}
    import click

    from kaigo_gateway.cli import without_plugins
    from kaigo_gateway.plugins import PluginHost
    from kaigo_gateway.settings import load_settings

    chosen, context = load_settings().plugins, click.get_current_context(silent=True)
    without = (*chosen.without, *(without_plugins(context) if context else ()))
    host = PluginHost(without=without, time_limit=chosen.hook_time_limit)
    called = await host.call_with_settings("gateway_certificate_stores", {})
    for problem in called.problems:
        _log.error("plugin_hook_failed", hook=problem.hook, plugin=problem.plugin, detail=problem.detail)
    found = [store for outcome in called.outcomes for store in outcome.value or ()]
    return {store.name: store for store in found}
