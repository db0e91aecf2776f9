"""Settings that an administrator may change on the page, written into the settings file.

Secrets, paths, addresses and the database are left to the file itself: a mistake there would lock people out,
and a page should not be able to point the service elsewhere. Comments and order of the file stay.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from kaigo_gateway.errors import CouldNotRun, InputError
from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.model.plainwords import in_plain_words
from kaigo_gateway.reading import read_text, read_toml
from kaigo_gateway.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kaigo_gateway._gateway import Gateway

PREFIX: Final = "KAIGO_GATEWAY_"


@dataclass(frozen=True, slots=True)
class Editable:
    """A setting that may be changed here. ``now``: in force at once, otherwise after a restart."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    now: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that stands over the file."""
        return PREFIX + self.name.replace(".", "__").upper()

    def of(self, settings: Settings) -> str:
        """The value in force, as it stands in a form."""
        value: Any = settings
        for part in self.name.split("."):
            value = getattr(value, part)
        if isinstance(value, tuple):
            return ", ".join(value)
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

    def value(self, text: str) -> Any:
        """What the file holds for a form's text; None takes the setting out of the file."""
        text = text.strip()
        if not text:
            return None
        if self.kind == "list":
            return [each.strip() for each in text.split(",") if each.strip()]
        if self.kind == "number":
            return _number(text)
        return text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


EDITABLE: Final = (
    Editable("language", N_("Language"), "language", N_("For readers whose browser names none."), now=True),
    Editable("supporter.name", N_("Name of the supporter"), hint=N_("New Setups begin with it."), now=True),
    Editable(
        "supporter.registration_number",
        N_("Invoice registration number"),
        hint=N_("T and 13 digits, or empty."),
        now=True,
    ),
    Editable("supporter.engineer", N_("Engineer"), now=True),
    Editable("web.session_hours", N_("Signed in for (hours)"), "number"),
    Editable("web.keep_uploads_days", N_("Uploads are kept (days)"), "number"),
    Editable("web.port", N_("Port"), "number", N_("Where `serve` gives none with --port.")),
    Editable("plugins.without", N_("Plugins left out"), "list", N_("Names, separated by commas.")),
    Editable("plugins.hook_time_limit", N_("Time limit of a plugin's hook (seconds)"), "number"),
)


def overridden(setting: Editable) -> bool:
    """Whether an environment variable stands over the file."""
    names = {name.upper() for name in os.environ}
    section = PREFIX + setting.name.partition(".")[0].upper()
    return setting.variable in names or ("." in setting.name and section in names)


def version_of(file: Path) -> str:
    """A short name for the file's present content."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    except OSError:
        return "none"


def in_file(file: Path) -> Settings:
    """The settings as file and environment have them now, also where the service runs on earlier ones.

    Raises :class:`InputError` where they are not valid.
    """
    from kaigo_gateway.settings import load_settings

    return load_settings(file if file.exists() else None)


class ChangedElsewhere(Exception):
    """The file is not the one any more from which the form was made; nothing was written."""


def change(gateway: Gateway, file: Path, form: Mapping[str, str]) -> dict[str, str]:
    """Write the form's settings into ``file``; gives what is wrong by setting, and then writes nothing.

    Settings that can are in force at once. Raises :class:`ChangedElsewhere` where ``form["version"]`` is not
    the file's, :class:`InputError` for a file that cannot be read, :class:`CouldNotRun` for one that cannot
    be written. It may wait for another process, so call it in a thread.
    """
    with _alone(file):
        if form.get("version") != version_of(file):
            raise ChangedElsewhere
        return _change(gateway, file, form)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep every other service from changing the file; there is no database here that could compare."""
    from kaigo_certs import StoreError
    from kaigo_certs.stores._lock import exclusive

    real = file.resolve()
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(real.parent / ".locks", str(real), wait=5))
        except StoreError:
            raise CouldNotRun(
                N_("Another process is changing the settings file {path} right now."),
                N_("Nothing was written. Try again in a moment."),
                path=file,
            ) from None
        except OSError as error:
            raise _unwritable(file, error) from None
        yield


def _change(gateway: Gateway, file: Path, form: Mapping[str, str]) -> dict[str, str]:
    import tomlkit

    read_toml(file) if file.exists() else None  # says where a mistake stands
    document = tomlkit.parse(read_text(file) if file.exists() else "")
    for setting in EDITABLE:
        if setting.name in form and not overridden(setting):
            _put(document, setting.name.split("."), setting.value(form[setting.name]))
    try:
        found = Settings(**document.unwrap(), base=file.parent, file=file)
    except ValidationError as error:
        return dict(_wrong(error))
    text = tomlkit.dumps(document)
    if not file.exists() or read_text(file) != text:
        _write(file, text)
    kept = {name: getattr(found, name) for name in ("language", "supporter")}
    gateway.settings = gateway.settings.model_copy(update=kept)
    return {}


def _put(document: Any, path: list[str], value: Any) -> None:
    """Set or take out one value, touching nothing else of the file."""
    *tables, name = path
    for table in tables:
        if table not in document:
            if value is None:
                return
            document[table] = {}
        document = document[table]
    if value is None:
        document.pop(name, None)
    elif name not in document or document[name] != value:
        document[name] = value


def _wrong(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Mistakes by setting in plain words; one that is not on the form stands under an empty name."""
    known = {setting.name for setting in EDITABLE}
    for each in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in each["loc"][:2])
        words = in_plain_words(each["type"], each["msg"], each.get("ctx", {}))
        yield (place, words) if place in known else ("", f"{place}: {words}")


def _write(file: Path, text: str) -> None:
    """Whole or not at all, through a link if there is one, with the rights that the file had."""
    from kaigo_gateway._papers import write_file

    real = file.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        mode = real.stat().st_mode & 0o777 if real.exists() else 0o600
        write_file(real, text.encode())
        real.chmod(mode)
    except OSError as error:
        raise _unwritable(file, error) from None
    except CouldNotRun as error:
        raise _unwritable(file, error.__cause__ or error) from None


def _unwritable(file: Path, error: BaseException) -> CouldNotRun:
    return CouldNotRun(
        N_("The settings file {path} cannot be written ({why})."),
        N_("Give this user the right to write it, or change the file by hand."),
        path=file,
        why=getattr(error, "strerror", None) or gettext("no right to write, or no room"),
    )


__all__ = [
    "EDITABLE",
    "ChangedElsewhere",
    "Editable",
    "InputError",
    "change",
    "in_file",
    "overridden",
    "version_of",
]
