"""Definitions that start the service with the machine: a systemd user unit, a Windows Task Scheduler task.

The unit passes ``systemd-analyze verify``. The task was **not run on Windows**; it follows the Task Scheduler
1.4 schema: at start-up, whether or not anyone is logged on, restarted when it fails. Nothing here starts or
stops anything: the commands that do are said, and status only asks.
"""

from __future__ import annotations

import getpass
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from kaigo_gateway._papers import make_folder, write_file
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

NAME: Final = "kaigo-gateway"
NOT_RUN: Final = "This definition was not run on Windows by its authors."
KINDS: Final = ("systemd", "task-scheduler")

_UNIT: Final = """\
# Written by kaigo-gateway service install.
[Unit]
Description=kaigo-gateway: local page and REST service

[Service]
Type=exec
ExecStart={command}
Restart=on-failure
RestartSec=5
TimeoutStopSec=10
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK

[Install]
WantedBy=default.target
"""

_TASK: Final = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>kaigo-gateway</Author>
    <Description>kaigo-gateway: local page and REST service. {note}</Description>
  </RegistrationInfo>
  <Triggers><BootTrigger><Enabled>true</Enabled><Delay>PT30S</Delay></BootTrigger></Triggers>
  <Principals>
    <Principal id="Author"><UserId>{user}</UserId><LogonType>S4U</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>10</Count></RestartOnFailure>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec><Command>{program}</Command><Arguments>{arguments}</Arguments></Exec>
  </Actions>
</Task>
"""  # noqa: E501 - the principal's line is one element


def _command(settings: Path | None, port: int) -> list[str]:
    """How the service is started: by this Python, or by the frozen product itself."""
    given = ["--settings", str(settings.absolute())] if settings else []
    module = [] if getattr(sys, "frozen", False) else ["-m", "kaigo_gateway"]
    return [sys.executable, *module, "serve", "--port", str(port), *given]


def definition(kind: str, *, settings: Path | None, port: int) -> str:
    """The text of a definition; ``kind`` is ``systemd`` or ``task-scheduler``."""
    program, *arguments = _command(settings, port)
    if kind == "systemd":
        command = " ".join(_for_systemd(each) for each in (program, *arguments))
        return _UNIT.format(command=command)
    return _TASK.format(
        note=NOT_RUN,
        user=escape(_user()),
        program=escape(program),
        arguments=escape(subprocess.list2cmdline(arguments)),
    )


def _for_systemd(word: str) -> str:
    """A word of ExecStart: in double quotes where it has to be; ``%`` and ``$`` stand for themselves."""
    word = word.replace("%", "%%").replace("$", "$$")
    if not re.search(r"[\s\"'\\\\;]", word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _user() -> str:
    """This user as Windows names it: domain, backslash, name."""
    domain, user = os.environ.get("USERDOMAIN", ""), os.environ.get("USERNAME") or getpass.getuser()
    return f"{domain}\\{user}" if domain else user


def default_file(kind: str) -> Path:
    """Where the system looks for a definition."""
    if kind == "systemd":
        home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return Path(home) / "systemd" / "user" / f"{NAME}.service"
    return Path(f"{NAME}.xml").absolute()


def write_definition(
    kind: str, out: Path | None, *, settings: Path | None, port: int, force: bool
) -> tuple[Path, str]:
    """Write a definition; gives its path and the command that switches it on.

    Raises :class:`InputError` for a file that exists, :class:`kaigo_gateway.errors.CouldNotRun` for one that
    cannot be written.
    """
    path = out or default_file(kind)
    if path.exists() and not force:
        raise InputError(
            N_("{path} exists already."), N_("Choose another name, or overwrite it with --force."), path=path
        )
    make_folder(path.parent)
    write_file(path, _encoded(kind, definition(kind, settings=settings, port=port)))
    return path, switch_on(kind, path)


def _encoded(kind: str, text: str) -> bytes:
    """As the system wants to read it."""
    return text.encode() if kind == "systemd" else text.replace("\n", "\r\n").encode("utf-16")


def switch_on(kind: str, path: Path) -> str:
    """The command that has the system start the service from now on."""
    if kind == "systemd":
        return f"systemctl --user daemon-reload && systemctl --user enable --now {NAME}.service"
    return subprocess.list2cmdline(["schtasks", "/Create", "/TN", NAME, "/XML", str(path)])


def switch_off(kind: str) -> str:
    """The command that ends the service and keeps it from starting again."""
    if kind == "systemd":
        return f"systemctl --user stop {NAME}.service && systemctl --user daemon-reload"
    return subprocess.list2cmdline(["schtasks", "/Delete", "/TN", NAME, "/F"])


def remove_definition(kind: str, path: Path | None) -> Path:
    """Remove the definition that :func:`write_definition` wrote.

    Raises :class:`InputError` when there is none, or when the file is not one of ours.
    """
    file = path or default_file(kind)
    if not file.exists():
        raise InputError(
            N_("There is no definition at {path}."), N_("`service status` says where one is."), path=file
        )
    if not is_ours(file):
        raise InputError(
            N_("{path} was not written by `service install`."),
            N_("Remove it by hand if it is to go."),
            path=file,
        )
    file.unlink()
    wanted = file.parent / "default.target.wants" / file.name
    if wanted.is_symlink():  # what `systemctl --user enable` made; it would point nowhere
        wanted.unlink()
    return file


def is_ours(file: Path) -> bool:
    """Whether a file is a definition of this product."""
    data = file.read_bytes()
    text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", errors="replace")
    return "kaigo-gateway: local page and REST service" in text
