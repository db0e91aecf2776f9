"""What other processes, and the system's crash handler, are not told."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import Final

_SECRET: Final = re.compile(
    r"PASS(WORD|PHRASE|WD)|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE)_?KEY", re.IGNORECASE
)


def forbid_core_dumps(process: int = 0) -> None:
    """No core dump of this process and its children (or of the running ``process``): keys could be in it.

    Windows has none unless an administrator asks for them.
    """
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        if process == 0:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        elif sys.platform == "linux":
            resource.prlimit(process, resource.RLIMIT_CORE, (0, 0))


def child_environment(**settings: str) -> dict[str, str]:
    """This process's environment for a program that is started, without variables that look like secrets.

    A vault's passphrase may stand in one; no tool and no browser needs it.
    """
    return {name: value for name, value in os.environ.items() if not _SECRET.search(name)} | settings
