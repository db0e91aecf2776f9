"""Factories of the core tests: sites, plugins, distributions, a runner without a vault, the program."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.ledger import Entry, SetupHead
from kaigo_gateway.model.descriptors import Check, PluginInfo
from kaigo_gateway.model.reasons import Reason, ReasonBook
from kaigo_gateway.model.results import Actor, Stage, Status
from kaigo_gateway.model.site import Site
from kaigo_gateway.plugins import PluginHost
from kaigo_gateway.redaction import Redactor
from kaigo_gateway.setup import ProgressHub, SetupRunner, read_state
from kaigo_gateway.setup._runner import Workshop
from kaigo_gateway.sitefile import site_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kaigo_gateway.ledger import Ledger

OFFICE = "1370000001"
BOOK = ReasonBook("core_kit").add(
    Reason("SEEN_WELL", Status.OK, "All well: {what}."),
    Reason("SEEN_BADLY", Status.FAIL, "Not well: {what}.", ("Mend it.",), Actor.OFFICE),
    Reason("SEEN_ODDLY", Status.WARN, "Odd: {what}.", ("Look at it.",), Actor.OFFICE),
)


def site(**parts: Any) -> Site:
    """A valid site with as little in it as possible."""
    document = {
        "office": {"number": OFFICE, "name": "架空事業所", "services": ["11"]},
        "supporter": {"name": "架空ケアソフト"},
        **parts,
    }
    return Site.model_validate(document)


def price(description: str, amount: int, **parts: Any) -> dict[str, Any]:
    """One line of cost of a site."""
    return {
        "kind": "connection_support",
        "item": "reader_check",
        "description": description,
        "amount": amount,
        "incurred_on": "2026-11-20",
        **parts,
    }


def plugin(
    name: str = "acme", *, api_version: int = 1, settings_model: Any = None, **hooks: Any
) -> ModuleType:
    """A plugin module whose hooks are the given functions."""
    module = ModuleType(f"plugin_{name}")

    def gateway_plugin_info() -> PluginInfo:
        return PluginInfo(name, name.title(), api_version, settings_model=settings_model, reasons=BOOK)

    for hook, function in {"gateway_plugin_info": gateway_plugin_info, **hooks}.items():
        setattr(module, hook, hookimpl(function))
    return module


def plugin_with(*checks: Check, name: str = "acme", **hooks: Any) -> ModuleType:
    """A plugin that brings ``checks``."""
    return plugin(name, gateway_checks=lambda site: list(checks), **hooks)


def well(what: str = "it", **parts: Any) -> Any:
    """An ok finding."""
    return BOOK.finding("SEEN_WELL", seen={"what": what}, **parts)


def badly(what: str = "it") -> Any:
    """A finding of the site's trouble."""
    return BOOK.finding("SEEN_BADLY", seen={"what": what})


def check(
    check_id: str, run: Callable[..., Any] | None = None, stage: Stage = Stage.READER, **parts: Any
) -> Check:
    """A check that is well unless ``run`` says otherwise."""
    return Check(check_id, stage, check_id, run or (lambda context: well(check_id)), **parts)


def host_of(*plugins: Any, **options: Any) -> PluginHost:
    """A host of given plugins only."""
    return PluginHost(plugins, discover_installed=False, **options)


@dataclass
class Bench:
    """A runner on a ledger, with a sealing key in memory instead of a vault."""

    ledger: Ledger
    host: PluginHost
    core: Callable[[Site], list[Check]] = lambda site: []
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    redactor: Redactor = field(default_factory=Redactor)
    progress: ProgressHub = field(default_factory=ProgressHub)
    seal: Any = None

    def __post_init__(self) -> None:
        self.runner = SetupRunner(
            Workshop(
                host=self.host,
                ledger=self.ledger,
                progress=self.progress,
                redactor=self.redactor,
                version="0",
                unlock=self._nothing,
                identity=self._nothing,
                seal_key=self.seal or self._seal_key,
                core_checks=self.core,
            )
        )

    async def _nothing(self, *_: Any) -> None:
        return None

    async def _seal_key(self) -> tuple[str, Ed25519PrivateKey]:
        return "key1", self.key

    @property
    def keys(self) -> dict[str, Any]:
        return {"key1": self.key.public_key()}

    async def open(self, setup_id: str = "S1", the_site: Site | None = None) -> str:
        await open_setup(self.ledger, setup_id, the_site)
        return setup_id

    async def run(self, setup_id: str = "S1", the_site: Site | None = None) -> Any:
        """Open a Setup, advance it once and give its state."""
        await self.open(setup_id, the_site)
        await self.runner.advance(setup_id)
        return await self.state(setup_id)

    async def state(self, setup_id: str = "S1") -> Any:
        return read_state(await self.ledger.records(setup_id))


async def open_setup(ledger: Ledger, setup_id: str = "S1", the_site: Site | None = None) -> None:
    """Enter a Setup the way the façade does."""
    chosen = the_site or site()
    document = site_document(chosen)
    head = SetupHead(chosen.office.number, chosen.office.name, chosen.simulated, document)
    body = {"site": document["site"], "version": "0", "simulated": chosen.simulated}
    await ledger.create(setup_id, head, [Entry("setup.opened", "1", body)])


def codes(state: Any, check_id: str) -> list[str]:
    """The reason codes of a check's last result."""
    return [finding.reason_code for finding in state.results[check_id].findings]


def distribution(
    folder: Path,
    name: str,
    *,
    version: str = "1.2",
    entry_points: Mapping[str, str],
    modules: Mapping[str, str],
) -> Path:
    """Install a distribution by hand: its modules and a ``.dist-info``, as an installer leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    lines = [f"{key} = {value}" for key, value in entry_points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[kaigo_gateway.plugins]", *lines, ""]), "utf-8")
    return folder


GOOD_PLUGIN = """
    from kaigo_gateway.hookspecs import hookimpl

    @hookimpl
    def gateway_plugin_info():
        from kaigo_gateway.model.descriptors import PluginInfo
        return PluginInfo(name={name!r}, title="A good one", api_version=1)
"""


def good_plugin(name: str) -> str:
    """The source of a plugin that works."""
    return GOOD_PLUGIN.format(name=name)


@dataclass(frozen=True)
class Program:
    """The installed ``kaigo-gateway``, run in a child process with a home of its own."""

    home: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        name = "kaigo-gateway.exe" if os.name == "nt" else "kaigo-gateway"
        return Path(sys.executable).with_name(name)

    def environment(self, **more: str) -> dict[str, str]:
        keep = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "CI")
        kept = {key: os.environ[key] for key in keep if key in os.environ}
        settings = {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
        }
        return {**kept, **settings, **self.extra, **more}

    def __call__(self, *arguments: object, timeout: float = 120, **environment: str) -> Any:
        """Run it; gives ``code``, ``out`` and ``err`` (text by UTF-8) and the raw bytes."""
        done = subprocess.run(
            [self.path, *map(str, arguments)],
            capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=timeout,
            env=self.environment(**environment), cwd=self.home,
        )  # fmt: skip
        out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return SimpleNamespace(code=done.returncode, out=out, err=err, raw=done.stdout, raw_err=done.stderr)


def lines_of(text: str) -> list[str]:
    """Lines that are not empty."""
    return [line for line in text.splitlines() if line.strip()]


def every(items: Iterable[Any], **wanted: Any) -> list[Any]:
    """The items whose attributes are as wanted."""
    return [item for item in items if all(getattr(item, key) == value for key, value in wanted.items())]
