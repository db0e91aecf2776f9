"""A private PC/SC stack: real pcscd and vpcd in namespaces of their own, virtual cards dialled in.

Needs Linux, ``unshare`` (util-linux) and the right to make namespaces: root, or unprivileged user namespaces.
libpcsclite reads ``PCSCLITE_CSOCK_NAME`` once per process, therefore all stacks of one process share one
socket path, and only one of them can run at a time. The path is a link: between stacks it leads to the
system's own service, so that a process can run the demo and exercise real readers afterwards.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from kaigo_gateway.errors import NotInstalled
from kaigo_gateway.i18n import N_, translate

from kaigo_card_reader.drivers import _pcsc
from kaigo_card_reader.sandbox._vicc import VirtualSlot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

SOCKET_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
VPCD: Final = (
    Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
    Path("/usr/lib64/pcsc/drivers/serial/libifdvpcd.so"),
    Path("/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so"),
)
_SYSTEM: Final = Path(os.environ.get(SOCKET_VARIABLE, "/run/pcscd/pcscd.comm"))
FIRST_PORT: Final = 35963
_TEMP_LIMIT: Final = 60
"""Characters of the folder for temporary files: the path of a socket has room for 107 in all."""
ANSWER_LIMIT: Final = 15.0  # seconds
_DOMAIN: Final = "kaigo_card_reader"
_PACKAGES: Final = "apt-get install pcscd vsmartcard-vpcd"
_running = threading.Lock()


def _missing(what: str, how: str) -> NotInstalled:
    """The error in the present language: the core shows both parts as they are."""
    return NotInstalled(translate(what, _DOMAIN), translate(how, _DOMAIN))


def process_socket() -> Path:
    """The one socket path of this process; the link is turned to each new stack."""
    known = os.environ.get("KAIGO_SANDBOX_PCSC")
    if known and Path(known).parent.is_dir() and known.endswith(f"-{os.getpid()}.comm"):
        return Path(known)
    short = None if len(tempfile.gettempdir()) <= _TEMP_LIMIT else "/tmp"  # noqa: S108 - mkdtemp makes it ours
    folder = Path(tempfile.mkdtemp(prefix="kaigo-pcsc-", dir=short))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / f"p-{os.getpid()}.comm"
    os.environ["KAIGO_SANDBOX_PCSC"] = str(path)
    return path


def _turn(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def find_vpcd() -> Path | None:
    """The virtual reader's driver, where it is installed."""
    return next((path for path in VPCD if path.is_file()), None)


def require_parts() -> Path:
    """The path of vpcd; :class:`NotInstalled` names the first part that this machine lacks."""
    import importlib.util

    if sys.platform != "linux":
        raise _missing(N_("a virtual card reader (Linux only)"), N_("run the demo on Linux"))
    if importlib.util.find_spec("smartcard") is None:
        raise NotInstalled("pyscard", "pip install 'kaigo-gateway[card]'")
    for tool in ("pcscd", "unshare", "mount"):
        if shutil.which(tool) is None:
            raise NotInstalled(tool, _PACKAGES if tool == "pcscd" else "apt-get install util-linux mount")
    vpcd = find_vpcd()
    if vpcd is None:
        raise NotInstalled("vsmartcard-vpcd", _PACKAGES)
    return vpcd


class Stack:
    """Context manager. ``slots`` maps full PC/SC reader names to :class:`VirtualSlot`.

    Each (distinct) name in ``readers`` becomes one reader with the two slots that vpcd always gives it.
    """

    def __init__(self, readers: Sequence[str] = ("Virtual PCD",)) -> None:
        self.vpcd = require_parts()
        self.readers = tuple(readers)
        self.slots: dict[str, VirtualSlot] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._asking = threading.Lock()

    def __enter__(self) -> Self:
        if not _running.acquire(blocking=False):
            raise _missing(
                N_("a second private PC/SC stack in one process"), N_("wait until the first one has ended")
            )
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def primary(self) -> list[str]:
        """The first slot's name of each reader."""
        return [f"{name} 00 00" for name in self.readers]

    def start_service(self) -> None:
        """Start (again) the private pcscd on the same path."""
        self._ask("start")

    def stop_service(self) -> None:
        """Stop the private pcscd; the socket path is gone until it is started again."""
        self._ask("stop")

    def dial(self, port: int) -> socket.socket:
        """A connection to vpcd; ``OSError`` while nobody listens there."""
        assert self._control is not None
        with self._asking:
            self._control.send(b"dial %d" % port)
            answer, handles, _, _ = socket.recv_fds(self._control, 512, 1)
        if not handles:
            raise OSError(answer[1:].decode() or "the private stack has ended")
        return socket.socket(fileno=handles[0])

    def _open(self) -> None:
        path = process_socket()
        if _pcsc.first_socket not in {None, str(path)}:
            raise _missing(
                N_("a virtual reader in a process that has already used real readers"),
                N_("run the demo in a process of its own"),
            )
        self._links, self._link = path.parent, path
        self.folder = Path(tempfile.mkdtemp(prefix="kaigo-stack-"))
        for name in ("run", "conf", "lib"):
            (self.folder / name).mkdir()
        self._configure()
        self._launch()
        self._ask("start")
        _turn(path, self.folder / "run/pcscd.comm")
        os.environ[SOCKET_VARIABLE] = str(path)

    def _configure(self) -> None:
        text = ""
        for index, name in enumerate(self.readers):
            port = FIRST_PORT + 2 * index
            # libifdvpcd keeps its state in a static array by slot: readers on one copy would share a card
            library = self.folder / "lib" / f"vpcd{index}.so"
            shutil.copy(self.vpcd, library)
            text += (
                f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port}\n'
                f"LIBPATH {library}\nCHANNELID {index + 1:#x}\n\n"
            )
            for slot in (0, 1):
                self.slots[f"{name} 00 {slot:02X}"] = VirtualSlot(self.dial, port + slot)
        (self.folder / "conf" / "virtual").write_text(text)

    def _launch(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(ANSWER_LIMIT)
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        helper = str(Path(__file__).with_name("_inside.py"))
        command = ["unshare", "--mount", "--net", "--propagation", "private", *user, sys.executable]
        self._process = subprocess.Popen(  # noqa: S603 - fixed words and paths of our own
            [*command, "-I", "-S", helper, str(self.folder), str(theirs.fileno()), str(self._links)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        self._control = ours
        self._answered(N_("the right to make namespaces"))

    def _ask(self, request: str) -> None:
        assert self._control is not None
        with self._asking:
            self._control.send(request.encode())
            self._answered(N_("a pcscd that starts"))

    def _answered(self, what: str) -> None:
        """One answer of the helper; empty is good, a closed socket means that ``unshare`` was refused."""
        assert self._control is not None
        try:
            answer = self._control.recv(512)
        except OSError:
            answer = b""
        if answer != b"!":
            how = answer[1:].decode(errors="replace").strip()
            raise _missing(what, how or N_("run as root, or allow unprivileged user namespaces"))

    def _close(self) -> None:
        try:
            for slot in self.slots.values():
                slot.remove()
            if link := getattr(self, "_link", None):
                _turn(link, _SYSTEM)
            if self._control is not None:
                with suppress(OSError):
                    self._control.send(b"bye")
                self._control.close()
            if self._process is not None:
                self._process.wait(ANSWER_LIMIT)
            if folder := getattr(self, "folder", None):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            self._control = self._process = None
            _running.release()
