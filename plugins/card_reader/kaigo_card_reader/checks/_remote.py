"""Is this a remote desktop session? Then PC/SC shows the operator's readers, not the office's."""

from __future__ import annotations

import os
import sys
from typing import Final

_SM_REMOTESESSION: Final = (
    0x1000  # GetSystemMetrics; learn.microsoft.com "Detecting the Remote Desktop environment"
)


def in_remote_desktop() -> bool:
    """Whether the process runs inside a Remote Desktop session (Windows; not run on Windows)."""
    if sys.platform != "win32":
        return False
    import ctypes

    if ctypes.windll.user32.GetSystemMetrics(_SM_REMOTESESSION):
        return True
    return os.environ.get("SESSIONNAME", "").upper().startswith("RDP-")
