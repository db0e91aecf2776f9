"""Definitions that start the service with the machine: a systemd user unit, a Windows Task Scheduler task.

The unit passes ``systemd-analyze verify``. The task was **not run on Windows**; it follows the Task Scheduler
1.4 schema: at start-up, whether or not anyone is logged on, restarted when it fails.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from kaigo_gateway._papers import make_folder, write_file
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

NAME: Final = "kaigo-gateway"

_UNIT: Final = """\
[Unit]
Description=kaigo-gateway: local page and REST service
After=network-online.target
Wants=network-online.target

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
  <RegistrationInfo><Description>kaigo-gateway: local page and REST service</Description></RegistrationInfo>
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


def _arguments(settings: Path | None, port: int) -> list[str]:
    given = ["--settings", str(settings.absolute())] if settings else []
    return ["-m", "kaigo_gateway", "serve", "--port", str(port), *given]


def definition(kind: str, *, settings: Path | None, port: int) -> str:
    """The text of a definition; ``kind`` is ``systemd`` or ``task-scheduler``."""
    arguments = _arguments(settings, port)
    if kind == "systemd":
        command = " ".join(shlex.quote(each).replace("%", "%%") for each in (sys.executable, *arguments))
        return _UNIT.format(command=command)
    domain, user = os.environ.get("USERDOMAIN", ""), os.environ.get("USERNAME", "")
    name = f"{domain}\\{user}" if domain else user
    return _TASK.format(
        user=escape(name),
        program=escape(sys.executable),
        arguments=escape(subprocess.list2cmdline(arguments)),
    )


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
    text = definition(kind, settings=settings, port=port)
    make_folder(path.parent)
    if kind == "systemd":
        write_file(path, text.encode())
        return path, f"systemctl --user enable --now {NAME}.service"
    write_file(path, text.replace("\n", "\r\n").encode("utf-16"))
    return path, subprocess.list2cmdline(["schtasks", "/Create", "/TN", NAME, "/XML", str(path)])
