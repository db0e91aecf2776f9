"""Reading rule files: YAML, dated, one programme and fiscal year each; a mistake is named with its place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import yaml
from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_
from pydantic import ValidationError

from kaigo_subsidy._places import misplaced
from kaigo_subsidy.rules._model import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kaigo_subsidy.rules._office import OfficeRules, Service


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Rules as read from one file: the model, the file's SHA-256, tables for looking up services.

    The tables are plain dictionaries: a bulk assessment looks thousands of lists of services up in them.
    ``limits`` holds cap in yen and number of readers of each category.
    """

    rules: Rules
    hash: str
    services: dict[str, Service] = field(default_factory=dict)
    preventive: dict[str, str] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    category_of: dict[str, str] = field(default_factory=dict)
    short_stay_of: dict[str, str] = field(default_factory=dict)
    limits: dict[str, tuple[int, int]] = field(default_factory=dict)
    contested: dict[str, str] = field(default_factory=dict)

    @property
    def office(self) -> OfficeRules:
        """The care offices' part; only called for programmes that have one."""
        assert self.rules.office is not None
        return self.rules.office


if TYPE_CHECKING:
    from yaml import SafeLoader as _Loader
else:
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, where built in, reads 5 times as fast


class _Twice(yaml.YAMLError):
    """A key stands twice in the block that begins in ``line``."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


class _NoDuplicates(_Loader):
    """A key that stands twice would silently win over the first: refuse it."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise _Twice(str(twice.pop()), node.start_mark.line + 1)
        return super().construct_mapping(node, deep)


@lru_cache(maxsize=64)
def parse_rules(content: bytes, name: str) -> RuleSet:
    """One rule file. Raises :class:`InputError` naming file, place and remedy."""
    remedy = N_("Compare it with the rule files of the kaigo_subsidy package.")
    try:
        data = yaml.load(content, Loader=_NoDuplicates)  # noqa: S506 - a SafeLoader underneath
        rules = Rules.model_validate(data)
    except ValidationError as error:
        raise misplaced(
            error, N_("The rule file {name} is wrong at {place}: {what}."), remedy, name=name
        ) from None
    except yaml.YAMLError as error:
        raise _no_yaml(name, error) from None
    digest = hashlib.sha256(content).hexdigest()
    office = rules.office
    if office is None:
        return RuleSet(rules, digest)
    return RuleSet(
        rules,
        digest,
        services={service.code: service for service in office.services},
        preventive={pair.code: pair.reads_as for pair in office.preventive.value},
        excluded=frozenset(office.excluded_services.value),
        category_of={service.code: service.category for service in office.services},
        short_stay_of={one.code: one.short_stay_of for one in office.services if one.short_stay_of},
        limits={name: (one.cap.value, one.readers.value) for name, one in office.categories.items()},
        contested=dict(office.contested_services),
    )


def _no_yaml(name: str, error: yaml.YAMLError) -> InputError:
    """What the parser stumbled over: its own words stay English, line and column are told."""
    if isinstance(error, _Twice):
        return InputError(
            N_("The rule file {name} is wrong: the key {key} stands twice in the block from line {line}."),
            N_("Keep one of them."),
            domain="kaigo_subsidy",
            name=name,
            key=error.key,
            line=error.line,
        )
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return InputError(
            N_("The rule file {name} is not UTF-8 text."),
            N_("Save the file as UTF-8."),
            domain="kaigo_subsidy",
            name=name,
        )
    return InputError(
        N_("The rule file {name} is no YAML from line {line}, column {column} on ({why})."),
        N_("Look at that line and the one before it: indentation by spaces, quotation marks, brackets."),
        domain="kaigo_subsidy",
        name=name,
        line=mark.line + 1,
        column=mark.column + 1,
        why=getattr(error, "problem", None) or type(error).__name__,
    )


def _bundled_file(name: str) -> RuleSet:
    return parse_rules((files("kaigo_subsidy.rules") / "data" / name).read_bytes(), name)


@lru_cache(maxsize=1)
def _bundled_names() -> tuple[str, ...]:
    folder = files("kaigo_subsidy.rules") / "data"
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def bundled() -> tuple[RuleSet, ...]:
    """The rule files of this package, by programme and year, each named ``programme-year.yaml``."""
    return tuple(map(_bundled_file, _bundled_names()))


def load_folder(folder: Path) -> tuple[RuleSet, ...]:
    """Rule files that a vendor or city dropped into ``folder`` (``*.yaml``, ``*.yml``)."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
        contents = [(path.read_bytes(), path.name) for path in paths]
    except OSError as error:
        contents = []
        reason = error.strerror or type(error).__name__
        raise _no_rules(folder, reason) from None
    if not contents:
        raise _no_rules(folder, "no *.yaml file")
    return tuple(parse_rules(content, name) for content, name in contents)


def _no_rules(folder: Path, why: str) -> InputError:
    return InputError(
        N_("No rules can be read from the folder {folder}: {why}."),
        N_("Name a folder that holds rule files (*.yaml)."),
        domain="kaigo_subsidy",
        folder=folder,
        why=why,
    )


def catalogue(folder: Path | None = None) -> dict[str, RuleSet]:
    """All rule sets by ``programme/year``; a dropped file replaces the bundled one of its programme and year.

    Raises :class:`InputError` where two dropped files state the same programme and year, or where the
    windows of two years of one programme overlap.
    """
    dropped = load_folder(folder) if folder else ()
    _refuse_twins(dropped)
    sets = {ruleset.rules.id: ruleset for ruleset in (*bundled(), *dropped)}
    _refuse_overlaps(sets.values())
    return sets


def _refuse_twins(dropped: Iterable[RuleSet]) -> None:
    seen: set[str] = set()
    for ruleset in dropped:
        if ruleset.rules.id in seen:
            raise InputError(
                N_("Two rule files state the programme {id}."),
                N_("Keep one file for each programme and fiscal year."),
                domain="kaigo_subsidy",
                id=ruleset.rules.id,
            )
        seen.add(ruleset.rules.id)


def _refuse_overlaps(sets: Iterable[RuleSet]) -> None:
    ordered = sorted((s.rules for s in sets), key=lambda r: (r.programme, r.window.opens.value))
    for earlier, later in pairwise(ordered):
        same = earlier.programme == later.programme
        if same and later.window.opens.value <= earlier.window.closes.value:
            raise InputError(
                N_("The windows of {one} and {other} overlap: a claim would fall under both."),
                N_("Correct the window in the rule file that was added."),
                domain="kaigo_subsidy",
                one=earlier.id,
                other=later.id,
            )


def find_rules(programme: str, fiscal_year: int, folder: Path | None = None) -> RuleSet:
    """The rules of a programme. Raises :class:`InputError` naming the programmes there are."""
    name = f"{programme}-{fiscal_year}.yaml"
    if folder is None and name in _bundled_names():
        return _bundled_file(name)
    sets = catalogue(folder)
    found = sets.get(f"{programme}/{fiscal_year}")
    if found is None:
        raise InputError(
            N_("There are no rules for the programme {programme} of fiscal year {year}; known: {known}."),
            N_("Correct programme or fiscal_year, or name a folder with its rule file (--rules)."),
            domain="kaigo_subsidy",
            programme=programme,
            year=fiscal_year,
            known=sorted(sets),
        )
    return found
