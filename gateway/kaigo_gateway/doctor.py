"""What this installation can do: versions, bundled plugins, extras, settings, folders."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import ssl
from typing import TYPE_CHECKING, Final

from kaigo_certs import BROWSERS, STORE_NAMES, CertificateError, find_browser, open_store

from kaigo_gateway._doctor_reasons import DOCTOR_REASONS
from kaigo_gateway._version import __version__
from kaigo_gateway.errors import GatewayError
from kaigo_gateway.i18n import N_, current_language, gettext
from kaigo_gateway.model.results import Finding, Stage
from kaigo_gateway.plugins import PluginHost, discover
from kaigo_gateway.report.model import Report, make_report, result_from_finding
from kaigo_gateway.settings import config_file, load_settings
from kaigo_gateway.setup._core_checks import problem_finding
from kaigo_gateway.setup.reasons import CORE_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


EXTRAS: Final = {
    "card": ("smartcard", N_("card readers")),
    "pdf": ("typst", N_("papers as PDF")),
    "excel": ("xlsxwriter", N_("papers as Excel")),
    "bulk": ("duckdb", N_("assessment of many offices")),
    "postgresql": ("psycopg", N_("ledger on PostgreSQL")),
    "pac": ("pypac", N_("proxy auto-configuration")),
    "attachments": ("pypdf", N_("reading receipts in PDF before a claim")),
    "browser": ("aiohttp", N_("proof in a browser of this machine")),
    "keyring": ("keyring", N_("the vault's passphrase in the system's key store")),
}
"""Extra → the module that shows that it is installed, and what it is for."""

BUNDLED: Final = ("card_reader", "careplan_link", "platform_link", "subsidy")


def examine(without: tuple[str, ...] = ()) -> Report:
    """Look at the installation and give a report; nothing is changed."""
    findings = list(_findings(without))
    return make_report(
        [
            result_from_finding(
                finding,
                check_id=check_id,
                title=_title(check_id),
                stage=Stage.PLUGINS,
                plugin="kaigo-gateway",
                version=__version__,
                books=[DOCTOR_REASONS, CORE_REASONS],
            )
            for check_id, finding in findings
        ]
    )


_TITLES: Final = {
    "versions": N_("Versions"),
    "tls": N_("Encryption (TLS)"),
    "plugins": N_("Plugins"),
    "extra": N_("Extra"),
    "settings": N_("Settings and folders"),
    "tool": N_("Tool of the system"),
    "system": N_("Operating system"),
    "browser": N_("Browser"),
    "store": N_("Certificate store"),
}


def _title(check_id: str) -> str:
    return gettext(_TITLES[check_id.split(".")[1]])


def _findings(without: tuple[str, ...]) -> Iterator[tuple[str, Finding]]:
    yield "doctor.versions", _versions()
    yield "doctor.tls", _tls()
    for finding in _plugins(without):
        yield "doctor.plugins", finding
    for extra, (module, purpose) in EXTRAS.items():
        code = "DOCTOR_EXTRA" if importlib.util.find_spec(module) else "DOCTOR_EXTRA_MISSING"
        yield f"doctor.extra.{extra}", DOCTOR_REASONS.finding(code, seen={"extra": extra, "purpose": purpose})
    for finding in _settings():
        yield "doctor.settings", finding
    yield "doctor.browser", _browsers()
    for store in STORE_NAMES[1:]:  # the vault needs nothing
        yield f"doctor.store.{store}", _store(store)
    if platform.system() == "Linux":
        for tool, purpose in _TOOLS.items():
            code = "DOCTOR_TOOL" if shutil.which(tool) else "DOCTOR_TOOL_MISSING"
            yield f"doctor.tool.{tool}", DOCTOR_REASONS.finding(code, seen={"tool": tool, "purpose": purpose})
    else:
        seen = {"system": platform.system()}
        yield "doctor.system", DOCTOR_REASONS.finding("DOCTOR_NOT_RUN_HERE", seen=seen)


_TOOLS: Final = {
    "certutil": N_("installation into browsers (libnss3-tools)"),
    "pk12util": N_("installation into browsers (libnss3-tools)"),
    "pcscd": N_("card readers"),
}


_THEIR_SYSTEMS: Final = {"windows": ("Windows", "certmgr.msc"), "macos": ("macOS", "Keychain Access")}


def _browsers() -> Finding:
    found = [f"{name} ({program})" for name in BROWSERS if (program := find_browser(name))]
    code = "DOCTOR_BROWSERS" if found else "DOCTOR_BROWSERS_MISSING"
    return DOCTOR_REASONS.finding(code, seen={"browsers": found})


def _store(name: str) -> Finding:
    """A store that the tests cannot run says so on every system, its own included."""
    backend = open_store(name)
    if not backend.run_here:
        system, tool = _THEIR_SYSTEMS[name]
        seen = {"store": name, "system": system, "tool": tool}
        return DOCTOR_REASONS.finding("DOCTOR_STORE_NOT_RUN", seen=seen)
    try:
        backend.prepare()
    except CertificateError as error:
        seen = {"store": name, "why": error.text(current_language())}
        return DOCTOR_REASONS.finding("DOCTOR_STORE_UNUSABLE", seen=seen)
    return DOCTOR_REASONS.finding("DOCTOR_STORE", seen={"store": name, "place": backend.name})


def _versions() -> Finding:
    seen = {
        "version": __version__,
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "system": f"{platform.system()} {platform.release()}",
    }
    return DOCTOR_REASONS.finding("DOCTOR_VERSIONS", seen=seen)


def _tls() -> Finding:
    if ssl.HAS_TLSv1_3:
        return DOCTOR_REASONS.finding("DOCTOR_TLS13")
    return DOCTOR_REASONS.finding("DOCTOR_TLS13_MISSING", seen={"openssl": ssl.OPENSSL_VERSION})


def _plugins(without: tuple[str, ...]) -> Iterator[Finding]:
    installed = {candidate.name for candidate in discover()}
    missing = sorted(set(BUNDLED) - installed)
    host = PluginHost(without=without)
    if missing:
        yield DOCTOR_REASONS.finding("DOCTOR_PLUGINS_MISSING", seen={"missing": missing})
    else:
        names = [plugin.name for plugin in host.plugins]
        yield DOCTOR_REASONS.finding("DOCTOR_PLUGINS", seen={"plugins": names})
    yield from map(problem_finding, host.problems)


def _settings() -> Iterator[Finding]:
    file = config_file()
    try:
        settings = load_settings()
    except GatewayError as error:
        yield DOCTOR_REASONS.finding("DOCTOR_SETTINGS_INVALID", seen={"detail": error.text()})
        return
    state = N_("read from the file") if file.exists() else N_("not there, defaults are used")
    yield DOCTOR_REASONS.finding("DOCTOR_SETTINGS", seen={"file": str(file), "state": state})
    folder = settings.vault.folder
    code = "DOCTOR_FOLDER" if _writable(folder) else "DOCTOR_FOLDER_UNWRITABLE"
    yield DOCTOR_REASONS.finding(code, seen={"folder": str(folder)})
    if rules := settings.rules_folder:
        code = "DOCTOR_RULES" if rules.is_dir() else "DOCTOR_RULES_MISSING"
        yield DOCTOR_REASONS.finding(code, seen={"folder": str(rules)})


def _writable(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, can be written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)
