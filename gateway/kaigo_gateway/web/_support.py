"""What support needs: plugins, reason codes, the ledger's verification, the diagnostics bundle."""

from __future__ import annotations

import getpass
import hashlib
import io
import json
import os
import platform
import re
import ssl
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway._reports import books_of
from kaigo_gateway._version import __version__
from kaigo_gateway.i18n import N_, translate
from kaigo_gateway.report.model import Remedy
from kaigo_gateway.web.api.models import Bundle, BundleFile, PluginState, ReasonInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.model.reasons import ReasonBook


def plugin_states(gateway: Gateway, language: str) -> list[PluginState]:
    """Every installed plugin: in use, left out or broken."""
    host = gateway.host
    loaded = {plugin.name: plugin for plugin in host.plugins}
    states = []
    for candidate in host.candidates:
        plugin = loaded.get(candidate.name)
        trouble = next((each for each in host.problems if each.plugin == candidate.name), None)
        state = PluginState(
            name=candidate.name,
            title=translate(plugin.info.title, plugin.domain, language) if plugin else candidate.name,
            distribution=candidate.distribution,
            version=candidate.version,
            state="broken" if trouble else "in use" if plugin else "left out",
            detail=f"{trouble.kind}: {trouble.detail}" if trouble else "",
            hooks=tuple(host.hooks_of(plugin)) if plugin else (),
        )
        states.append(state)
    return states


def reasons(gateway: Gateway, language: str) -> list[ReasonInfo]:
    """Every reason code of this installation, by code."""
    found = [_reason(book, code, language) for book in _books(gateway) for code in _codes(book)]
    return sorted({each.code: each for each in found}.values(), key=lambda each: each.code)


def one_reason(gateway: Gateway, code: str, language: str) -> ReasonInfo | None:
    """One reason code, or None."""
    book = next((each for each in _books(gateway) if code in each), None)
    return None if book is None else _reason(book, code, language)


def _books(gateway: Gateway) -> list[ReasonBook]:
    return books_of(gateway.host)


def _codes(book: ReasonBook) -> list[str]:
    return [reason.code for reason in book]


def _reason(book: ReasonBook, code: str, language: str) -> ReasonInfo:
    reason = book[code]
    steps = tuple(translate(step, book.domain, language) for step in reason.steps)
    return ReasonInfo(
        code=code,
        package=book.domain,
        status=reason.status,
        message=translate(reason.message, book.domain, language),
        remedy=Remedy(steps=steps, actor=reason.actor),
    )


_LEFT_OUT: Final = (
    N_("private keys, certificates and passwords"),
    N_("uploaded files and the content of CarePlan files"),
    N_("addresses and telephone numbers of the office, names of persons"),
    N_("log files, environment variables"),
)
_SETTINGS: Final = ("language", "web.host", "web.port", "plugins.without", "plugins.hook_time_limit")
"""The only settings that a bundle shows."""


async def bundle(gateway: Gateway, setup_id: str | None, language: str) -> Bundle:
    """A diagnostics bundle: versions, plugins, chosen settings, the ledger's verification and one report.

    Everything is chosen by allow-list and then searched once more for known secrets, the user's name and
    home folder. Nothing is sent anywhere.
    """
    parts: dict[str, Any] = {
        "versions.json": _versions(),
        "plugins.json": [state.model_dump(mode="json") for state in plugin_states(gateway, language)],
        "settings.json": _settings(gateway),
        "ledger.json": await _ledger(gateway),
        "troubles.json": {
            setup: {"code": error.code, "message": error.text(language)}
            for setup, error in gateway.engine.troubles.items()
        },
    }
    if setup_id is not None:
        parts["report.json"] = await _report(gateway, setup_id, language)
        parts["history.json"] = await _history(gateway, setup_id)
    files = [_file(gateway, name, content) for name, content in parts.items()]
    return Bundle(
        files=tuple(files), left_out=tuple(translate(each, language=language) for each in _LEFT_OUT)
    )


def _versions() -> dict[str, str]:
    return {
        "kaigo_gateway": __version__,
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "system": platform.platform(terse=True),
        "machine": platform.machine(),
    }


def _settings(gateway: Gateway) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _SETTINGS:
        value: Any = gateway.settings
        for part in name.split("."):
            value = getattr(value, part, None)
        found[name] = list(value) if isinstance(value, tuple) else value
    found["ledger"] = gateway.ledger.engine.dialect.name
    found["vault_passphrase_set"] = gateway.settings.vault.passphrase is not None
    return found


async def _ledger(gateway: Gateway) -> dict[str, Any]:
    verification = await gateway.verify()
    faults = [{"code": each.code, "place": each.place} for each in verification.faults]
    return {
        "intact": verification.intact, "setups": verification.setups, "records": verification.records,
        "seals": verification.seals, "faults": faults,
    }  # fmt: skip


async def _report(gateway: Gateway, setup_id: str, language: str) -> dict[str, Any]:
    """The report without what a support person does not need: names, money, papers."""
    document = (await gateway.report(setup_id, language)).document()
    kept = ("schema", "overall", "simulated", "generated_at", "version", "setup")
    results = [
        {key: value for key, value in result.items() if key != "subject"} for result in document["results"]
    ]
    return {**{key: document[key] for key in kept if key in document}, "results": results}


async def _history(gateway: Gateway, setup_id: str) -> list[dict[str, Any]]:
    state = await gateway.state(setup_id)
    return [
        {
            "check_id": step.check_id, "attempt": step.attempt, "at": step.at, "status": step.status.value,
            "codes": [finding.reason_code for finding in step.findings], "duration_ms": step.duration_ms,
        }
        for steps in state.history.values()
        for step in steps
    ]  # fmt: skip


def _file(gateway: Gateway, name: str, content: Any) -> BundleFile:
    text = json.dumps(gateway.redactor.clean(content), ensure_ascii=False, indent=2) + "\n"
    text = masked(text)
    data = text.encode()
    return BundleFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest(), text=text)


def masked(text: str) -> str:
    """``text`` without this user's home folder and name."""
    home = str(Path.home())
    if len(home) > 1:
        for each in {home, home.replace("\\", "\\\\")}:
            text = text.replace(each, "~")
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        return text
    return re.sub(rf"(?<=[\\/]){re.escape(user)}(?=[\\/])", "user", text) if os.sep and user else text


def zipped(found: Bundle) -> bytes:
    """The bundle as a ZIP with a manifest of SHA-256 sums."""
    manifest: Mapping[str, Any] = {
        "schema": "kaigo-gateway/diagnostics/1",
        "files": [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in found.files],
        "left_out": list(found.left_out),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in found.files:
            archive.writestr(each.name, each.text)
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    return target.getvalue()
