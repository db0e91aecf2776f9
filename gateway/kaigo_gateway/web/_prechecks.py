"""Results of pre-checks for an hour, so that a move can name one; the files themselves are never kept."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.web._problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from kaigo_gateway.model.cases import Case, Examination
    from kaigo_gateway.model.claims import Claim
    from kaigo_gateway.web._options import WebOptions

_HOUR: Final = 3600.0


def _folder(options: WebOptions) -> Path:
    return options.folder / "prechecks"


def keep_precheck(options: WebOptions, claim: Claim, found: Examination) -> str:
    """Keep what was found for an hour; gives its id. Files of other processes' services are seen, too."""
    folder, name = _folder(options), secrets.token_hex(16)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder)
    about = [claim.programme, claim.fiscal_year, claim.office.number]
    place = folder / f"{name}.json"
    with os.fdopen(
        os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as target:
        json.dump({"about": about, "facts": dict(found.facts)}, target)
    return name


def kept_precheck(options: WebOptions, case: Case, name: str) -> dict[str, Any]:
    """The facts of a pre-check of this very claim. Raises problem 422."""
    place = _folder(options) / f"{name}.json"
    try:
        if not re.fullmatch("[0-9a-f]{32}", name) or time.time() - place.stat().st_mtime > _HOUR:
            raise problem("PRECHECK_UNKNOWN")
        kept = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise problem("PRECHECK_UNKNOWN") from None
    if kept["about"] != [case.programme, case.fiscal_year, case.office_number]:
        raise problem("PRECHECK_UNKNOWN")
    found: dict[str, Any] = kept["facts"]
    return found


def _forget_old(folder: Path) -> None:
    for file in folder.iterdir():
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > _HOUR:
                file.unlink()
