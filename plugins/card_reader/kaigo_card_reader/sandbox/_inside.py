"""Runs inside the private namespaces: mounts, starts pcscd, dials virtual cards in. Standard library only.

Started as ``python -I -S _inside.py FOLDER CONTROL_FD LINKS``. The parent asks over a SEQPACKET socket:
``start`` / ``stop`` (pcscd), ``dial PORT`` (answered with a connected socket), ``bye``. Its end
stops pcscd and removes the folder; without a ``bye`` the parent has died, and its folder LINKS goes as well:
nothing is left behind even after ``kill -9``.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

RUN = Path("/run/pcscd")  # compiled into pcscd; only clients have PCSCLITE_CSOCK_NAME
HIDDEN = (Path("/usr/lib/pcsc/drivers"), Path("/usr/lib64/pcsc/drivers"), Path("/dev/bus/usb"))
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
START_LIMIT = 5.0  # seconds
STOP_LIMIT = 5.0


def loopback_up() -> None:
    """Bring ``lo`` of this private network up: vpcd listens on all addresses, here there is only this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(probe, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def mount(*arguments: str) -> None:
    """Mount something in this private namespace."""
    subprocess.run(["mount", *arguments], check=True, capture_output=True)  # noqa: S603, S607 - own words, own namespace


def prepare(folder: Path) -> None:
    """Private socket folder; real drivers and USB hidden, so that no real reader is taken from its owner."""
    loopback_up()
    if not RUN.is_dir():  # nothing of the host's own /run is changed
        mount("-t", "tmpfs", "tmpfs", "/run")
        RUN.mkdir()
    mount("--bind", str(folder / "run"), str(RUN))
    for hidden in HIDDEN:
        if hidden.is_dir():
            mount("-t", "tmpfs", "tmpfs", str(hidden))


def options() -> list[str]:
    """Newer versions ask polkit who may use readers; nobody but us reaches this one."""
    shown = subprocess.run(["pcscd", "--help"], capture_output=True, check=False)  # noqa: S607 - of the package
    return ["--disable-polkit"] if b"--disable-polkit" in shown.stdout + shown.stderr else []


class Service:
    """The private pcscd."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it and wait until it accepts; the answer is empty or says why it did not."""
        for stale in (self.folder / "run").iterdir():
            stale.unlink()
        with (self.folder / "pcscd.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - fixed words; never --apdu: its log would show a PIN in clear
                ["pcscd", "--foreground", "--error", "--config", str(self.folder / "conf"), *options()],  # noqa: S607 - of the package
                stdout=log,
                stderr=log,
            )
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit and self.process.poll() is None:
            with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
                client.connect(str(RUN / "pcscd.comm"))
                return ""
            time.sleep(0.003)
        self.stop()
        return "pcscd did not start: " + (self.folder / "pcscd.log").read_text(errors="replace")[-300:]

    def stop(self) -> str:
        """Stop it: first asked, then forced."""
        if self.process is None:
            return ""
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_LIMIT)
                break
        self.process = None
        return ""


def dial(port: int) -> tuple[str, list[socket.socket]]:
    """A socket connected to vpcd's port, made in this network and handed to the parent."""
    try:
        return "", [socket.create_connection(("127.0.0.1", port), timeout=1)]
    except OSError as error:
        return str(error), []


def serve(control: socket.socket, service: Service) -> bool:
    """Answer the parent until it hangs up; whether it said goodbye."""
    while request := control.recv(64):
        verb, _, argument = request.decode().partition(" ")
        if verb == "bye":
            return True
        sockets: list[socket.socket] = []
        if verb == "dial":
            answer, sockets = dial(int(argument))
        else:
            answer = service.start() if verb == "start" else service.stop()
        socket.send_fds(control, [b"!" + answer.encode()], [one.fileno() for one in sockets])
        for one in sockets:
            one.close()
    return False


def main() -> None:
    """Prepare, report, serve, tidy up."""
    folder, control = Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    os.chdir("/")
    service, goodbye = Service(folder), False
    try:
        try:
            prepare(folder)
        except (OSError, subprocess.CalledProcessError) as error:
            why = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
            control.send(b"!" + (why or str(error)).encode())
            return
        control.send(b"!")
        goodbye = serve(control, service)
    except ConnectionError:
        pass
    finally:
        service.stop()
        for left in (folder, *([] if goodbye else [Path(sys.argv[3])])):
            shutil.rmtree(left, ignore_errors=True)


if __name__ == "__main__":
    main()
