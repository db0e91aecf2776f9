"""Hand-over by folder: written whole into the outbox, read back from the inbox."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kaigo_careplan_link.link._sending import Sending


def hand_over(outbox: Path, sending: Sending) -> None:
    """Write what is not there yet, each file whole or not at all; raises ``OSError``."""
    outbox.mkdir(parents=True, exist_ok=True)
    for name, data in sending.files.items():
        path = outbox / name
        if path.exists() and path.read_bytes() == data:
            continue  # a resumed Setup comes by again
        handle, part = tempfile.mkstemp(dir=outbox, prefix=".part-")
        with os.fdopen(handle, "wb") as target:
            target.write(data)
        Path(part).replace(path)


def returned_files(inbox: Path, sending: Sending) -> dict[str, bytes]:
    """The files of this sending in the inbox; other sendings there are left alone. Raises ``OSError``."""
    return {
        path.name: path.read_bytes()
        for path in sorted(inbox.iterdir())
        if path.is_file() and sending.serial in path.name
    }
