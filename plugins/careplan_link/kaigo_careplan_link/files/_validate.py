"""Check paths: find the files, group them into sending units, check each, in one or several processes."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TypeAlias

from kaigo_gateway.errors import InputError
from kaigo_gateway.i18n import N_

from kaigo_careplan_link.files._check import check_stream
from kaigo_careplan_link.files._columns import Memories
from kaigo_careplan_link.files._findings import Collector, Finding, Problem
from kaigo_careplan_link.files._name import Name, parse_name
from kaigo_careplan_link.files._options import Options, options_for
from kaigo_careplan_link.files._report import FileReport, Report, UnitReport
from kaigo_careplan_link.files._sending import check_sending
from kaigo_careplan_link.files._sources import (
    DamagedArchive,
    Source,
    Troubles,
    find_sources,
    keep_archive_open,
)
from kaigo_careplan_link.files._unit import check_unit

Group: TypeAlias = list[Source]
Checked: TypeAlias = tuple[list[FileReport], UnitReport | None]
Progress: TypeAlias = Callable[[int, int], None]
_BATCH = 32


def check_file(
    source: Source, options: Options, *, alone: bool = False, memories: Memories | None = None
) -> FileReport:
    """Check one file; what cannot be read becomes a finding."""
    try:
        with source.open() as stream:
            return check_stream(source.shown, stream, options, alone=alone, memories=memories)
    except DamagedArchive as trouble:
        return _troubled(source.shown, [Problem("INPUT_ZIP_BROKEN", 0, str(trouble))], options)
    except OSError as trouble:
        return _troubled(source.shown, [Problem("INPUT_UNREADABLE", 0, type(trouble).__name__)], options)


def _troubled(path: str, problems: Iterable[Problem], options: Options) -> FileReport:
    collector = Collector(options.severities)
    for problem in problems:
        collector.add(problem)
    return FileReport(path, Name(path), findings=collector.sorted())


def check_group(sources: Group, options: Options, memories: Memories | None = None) -> Checked:
    """Check the files of one sending unit and compare them; a file without a readable name stands alone."""
    reports = [check_file(source, options, alone=len(sources) == 1, memories=memories) for source in sources]
    unit = check_unit(reports, options) if reports[0].name.stamp else None
    for report in reports:
        report.keys = None
        report.lines.clear()
        report.pictures.clear()
    return reports, unit


def group(sources: Iterable[Source]) -> list[Group]:
    """Sources by serial, sender and receiver, oldest serial first (as imported); others one by one."""
    units: defaultdict[tuple[str, str, str], Group] = defaultdict(list)
    alone: list[Group] = []
    for source in sources:
        name = parse_name(source.name)
        if name.kind and name.stamp:
            units[name.unit_key].append(source)
        else:
            alone.append([source])
    return [units[key] for key in sorted(units)] + alone


def _check_batch(batch: list[Group], options: Options) -> list[Checked]:
    memories = Memories()
    with keep_archive_open():
        return [check_group(one, options, memories) for one in batch]


def _in_processes(groups: list[Group], options: Options, jobs: int) -> Generator[Checked, None, None]:
    """Results in the order of the groups, with only a few batches on their way."""
    size = max(1, min(_BATCH, len(groups) // (jobs * 4)))
    batches = (groups[i : i + size] for i in range(0, len(groups), size))
    waiting: deque[Future[list[Checked]]] = deque()
    context = multiprocessing.get_context("spawn")  # the caller may have threads; fork would copy their locks
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for batch in batches:
            waiting.append(pool.submit(_check_batch, batch, options))
            if len(waiting) > jobs * 2:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _in_turn(groups: list[Group], options: Options) -> Generator[Checked, None, None]:
    memories = Memories()
    with keep_archive_open():
        for one in groups:
            yield check_group(one, options, memories)


class Checking:
    """A check under way: iterate over (files, unit) as they are done, then read :attr:`findings`.

    Memory stays constant over any number of files, apart from their names.
    """

    def __init__(
        self,
        paths: Iterable[Path | str],
        options: Options,
        *,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> None:
        sources, self.troubles = find_sources(paths)
        if not sources and not self.troubles:
            raise InputError(
                N_("There is no file to check."),
                N_("Name the files of a sending, their folder or a ZIP archive."),
                domain="kaigo_careplan_link",
            )
        self.options, self.jobs, self._progress = options, jobs, progress
        self.total = len(sources)
        self.groups = group(sources)
        self.findings: list[Finding] = check_sending((parse_name(source.name) for source in sources), options)

    def __iter__(self) -> Iterator[Checked]:
        for path, problems in _by_path(self.troubles).items():
            yield [_troubled(path, problems, self.options)], None
        done = 0
        several = self.jobs > 1 and len(self.groups) > 1
        results = (
            _in_processes(self.groups, self.options, self.jobs)
            if several
            else _in_turn(self.groups, self.options)
        )
        with contextlib.closing(results):
            for checked in results:
                done += len(checked[0])
                if self._progress:
                    self._progress(done, self.total)
                yield checked


def _by_path(troubles: Troubles) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for path, problem in troubles:
        found.setdefault(path, []).append(problem)
    return found


def validate(  # noqa: PLR0913 - each is a choice of the caller
    paths: Iterable[Path | str] | Path | str,
    profile: str = "standard",
    *,
    rules: Mapping[str, str] | None = None,
    show_values: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Report:
    """Check files, folders or ZIP archives against the standard 4.1.

    ``profile`` is ``lenient``, ``standard`` or ``strict``; ``rules`` changes single rules (code → ``error``,
    ``warning``, ``notice`` or ``off``). ``jobs`` processes share the files. ``show_values`` puts values of
    personal fields into the findings. ``progress(done, total)`` is called after each unit. Raises
    ``InputError`` for a path that does not exist or when there is nothing to check. What is wrong with the
    files themselves never raises.
    """
    wanted = [paths] if isinstance(paths, (str, Path)) else list(paths)
    options = options_for(profile, rules=rules, show_values=show_values)
    checking = Checking(wanted, options, jobs=jobs, progress=progress)
    report = Report(profile, rules=options.rules)
    for files, unit in checking:
        report.files += files
        if unit is not None:
            report.units.append(unit)
    report.findings = checking.findings
    return report
