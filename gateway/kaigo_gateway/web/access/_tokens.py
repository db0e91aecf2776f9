"""Bearer tokens, one per role, in a file that only this user can read."""

from __future__ import annotations

import os
import secrets
import stat
from typing import TYPE_CHECKING, Final

from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.i18n import N_
from kaigo_gateway.web.access._roles import Role

if TYPE_CHECKING:
    from pathlib import Path

_HEADER: Final = "# kaigo-gateway: <role> <token>, one per line; a new line is in force after a restart\n"


def read_tokens(file: Path) -> dict[Role, str]:
    """The tokens of ``file``, which is made (mode 0600) when it is missing.

    Raises :class:`CouldNotRun` when it cannot be made or read, is readable by others (POSIX), or holds a line
    that is not a role and a token.
    """
    try:
        if not file.exists():
            _make(file)
        _refuse_shared(file)
        return _parse(file)
    except OSError as error:
        raise CouldNotRun(
            N_("The token file {path} cannot be used: {why}."),
            N_("Choose a folder in which you may write (setting web.folder)."),
            path=file,
            why=error.strerror or type(error).__name__,
        ) from None


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = "".join(f"{role.value} {secrets.token_urlsafe(32)}\n" for role in Role)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(_HEADER + lines)


def _refuse_shared(file: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise CouldNotRun(
            N_("The token file {path} can be read by other users."),
            N_("Run `chmod 600` on it, or delete it to have new tokens made."),
            path=file,
        )


def _parse(file: Path) -> dict[Role, str]:
    tokens: dict[Role, str] = {}
    for number, line in enumerate(file.read_text(encoding="ascii", errors="replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        role, _, token = line.strip().partition(" ")
        if role not in set(Role) or len(token) < 20:  # noqa: PLR2004 - shorter ones can be guessed
            raise CouldNotRun(
                N_("Line {number} of the token file {path} is not a role and a token of 20 or more signs."),
                N_("Correct that line, or delete the file to have new tokens made."),
                number=number,
                path=file,
            )
        tokens[Role(role)] = token
    return tokens
