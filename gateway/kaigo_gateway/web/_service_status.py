"""How the installed service is: its definition, what the system says of it, whether it answers."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kaigo_gateway.web.service import NAME, default_file, is_ours

if TYPE_CHECKING:
    from pathlib import Path

_ASK = {
    "systemd": ["systemctl", "--user", "is-active", f"{NAME}.service"],
    "task-scheduler": ["schtasks", "/Query", "/TN", NAME, "/FO", "CSV", "/NH"],
}


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """``system`` is what systemd or the Task Scheduler says ("" where it cannot be asked).

    ``version`` is that of the service which answers at ``address``, None where none does.
    """

    kind: str
    file: Path
    installed: bool
    system: str
    address: str
    version: str | None

    @property
    def overall(self) -> str:
        """``ok`` when it is installed and answers."""
        return "ok" if self.installed and self.version is not None else "fail"

    def document(self) -> dict[str, Any]:
        """JSON types (schema kaigo-gateway/service/1)."""
        return {
            "schema": "kaigo-gateway/service/1",
            "overall": self.overall,
            "kind": self.kind,
            "file": str(self.file),
            "installed": self.installed,
            "system": self.system,
            "address": self.address,
            "version": self.version,
        }


def service_status(kind: str, file: Path | None, port: int) -> ServiceStatus:
    """Look and ask; nothing is changed."""
    place = file or default_file(kind)
    address = f"http://127.0.0.1:{port}"
    return ServiceStatus(
        kind, place, place.exists() and is_ours(place), _system(kind), address, _version(address)
    )


def _system(kind: str) -> str:
    command = _ASK[kind]
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, errors="replace", timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = (done.stdout or done.stderr).strip()
    return said.splitlines()[0][:200] if said else ""


def _version(address: str) -> str | None:
    """The version of a kaigo-gateway that answers there, without any proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/api/v1/health", timeout=3) as answer:
            document = json.loads(answer.read(10_000))
    except (OSError, ValueError, urllib.error.URLError):
        return None
    found = document.get("version") if isinstance(document, dict) else None
    return found if isinstance(found, str) else None
