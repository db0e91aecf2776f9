"""Is this terminal fit for 介護WEBサービス? What no official text says stays a notice."""

from __future__ import annotations

import platform
import ssl
from typing import TYPE_CHECKING, Final

from kaigo_platform_link.reasons import REASONS

if TYPE_CHECKING:
    from kaigo_gateway.model.descriptors import CheckContext
    from kaigo_gateway.model.results import Finding

EVIDENCE: Final = ("system", "tls13", "tls_library")


def check_terminal(_context: CheckContext) -> list[Finding]:
    """Operating system and TLS of the terminal that this program runs on."""
    system = f"{platform.system()} {platform.release()}"
    facts = {"system": system, "tls13": ssl.HAS_TLSv1_3, "tls_library": ssl.OPENSSL_VERSION}
    if not ssl.HAS_TLSv1_3:
        code = "PLATFORM_TERMINAL_NO_TLS13"
    elif platform.system() != "Windows":
        code = "PLATFORM_TERMINAL_OTHER_SYSTEM"
    else:
        code = "PLATFORM_TERMINAL_OK"
    return [REASONS.finding(code, seen={"system": system}, evidence=facts)]
