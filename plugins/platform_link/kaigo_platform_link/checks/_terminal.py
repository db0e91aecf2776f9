"""Is this terminal fit for 介護WEBサービス? What no official text says stays a notice."""

from __future__ import annotations

import importlib
import platform
import ssl
from typing import TYPE_CHECKING, Any, Final

from kaigo_platform_link.checks._browsers import browsers
from kaigo_platform_link.reasons import REASONS
from kaigo_platform_link.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = ("system", "release", "build", "tls13", "tls_library", "browsers")
_WINDOWS_11_BUILD: Final = 22_000
_PACKAGES: Final = (
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"
)


def check_terminal(context: CheckContext) -> list[Finding]:
    """Operating system, TLS, browsers and the app on the terminal that this program runs on."""
    facts = terminal_facts()
    seen = {"system": system_name(facts)}
    found = [REASONS.finding(system_code(facts), seen=seen, evidence=facts)]
    if not facts["browsers"]:
        found.append(REASONS.finding("PLATFORM_TERMINAL_NO_BROWSER", seen=seen))
    return found + app_findings(settings_of(context).app_package)


def app_findings(package: str) -> list[Finding]:
    """Whether マイナ資格確認アプリ is installed, where Windows and a package name allow to tell."""
    if not package or platform.system() != "Windows":
        return []
    present = any(package.casefold() in name.casefold() for name in _store_packages())
    return [
        REASONS.finding(
            "PLATFORM_APP_FOUND" if present else "PLATFORM_APP_MISSING", seen={"package": package}
        )
    ]


def terminal_facts() -> dict[str, Any]:
    """What can be seen of this terminal without asking anybody."""
    system = platform.system()
    return {
        "system": system,
        "release": platform.release(),
        "build": _build(platform.version()) if system == "Windows" else 0,
        "tls13": ssl.HAS_TLSv1_3,
        "tls_library": ssl.OPENSSL_VERSION,
        "browsers": browsers(),
    }


def system_code(facts: Mapping[str, Any]) -> str:
    """The reason code for a terminal with these facts.

    The guidance for マイナ資格確認アプリ names Windows 10 and 11; the operator dropped Windows 10 for LIFE on
    2026-05-11. A table for 介護WEBサービス is not known, so everything else is a notice.
    """
    if not facts["tls13"]:
        return "PLATFORM_TERMINAL_NO_TLS13"
    if facts["system"] != "Windows":
        return "PLATFORM_TERMINAL_OTHER_SYSTEM"
    return "PLATFORM_TERMINAL_OK" if facts["build"] >= _WINDOWS_11_BUILD else "PLATFORM_TERMINAL_WINDOWS_OLD"


def system_name(facts: Mapping[str, Any]) -> str:
    """The system as people call it; Windows 11 calls itself release 10 in older Pythons."""
    if facts["system"] != "Windows":
        return f"{facts['system']} {facts['release']}"
    release = "11" if facts["build"] >= _WINDOWS_11_BUILD else facts["release"]
    return f"Windows {release} (build {facts['build']})"


def _build(version: str) -> int:
    """The build number in ``10.0.22631``."""
    last = version.rpartition(".")[2]
    return int(last) if last.isdigit() else 0


def _store_packages() -> Iterator[str]:
    """Names of this user's Microsoft Store packages (not run on Windows)."""
    winreg: Any = importlib.import_module("winreg")
    try:
        root = winreg.OpenKey(winreg.HKEY_CURRENT_USER, _PACKAGES)
    except OSError:
        return
    for number in range(winreg.QueryInfoKey(root)[0]):
        yield winreg.EnumKey(root, number)
    winreg.CloseKey(root)
