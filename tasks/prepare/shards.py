"""Inputs in groups of a shard each: kept where nothing changed, else prepared in worker processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

from assets.problems import Report
from manifests.code_identity import WRITE_BANK, code_identity
from manifests.lineage import digest, library_versions
from tasks.prepare.fingerprints import describe
from tasks.prepare.records import Record, holds, read_record
from tasks.prepare.sources import Stream, distinct
from tasks.prepare.write import Made, make_entries, write_entries
from tasks.progress import ProgressCounter
from tasks.workers.pool import WorkerPool, batched, ordered_map


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Inputs of one shard; ``kept`` is the record of a shard that need not be made again."""

    name: str
    key: str
    items: tuple[Any, ...]  # none where it is kept
    count: int
    kept: Record | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What all streams of one call share."""

    raw: Path
    bank: str
    pool: WorkerPool
    workers: int
    reread: bool
    open_bank: Callable[[], None]  # called before anything is written, any number of times
    progress: ProgressCounter  # of inputs


def records_of(stream: Stream, work: Work, found: Report, note: Report) -> Iterator[tuple[str, Record, bool]]:
    """Each shard's name and record, and whether it was kept, in order.

    What the reader finds goes to ``found``, what is found in the inputs to ``note``.
    """
    code = [
        code_identity(WRITE_BANK),
        code_identity(stream.function.__module__, network=stream.network),
    ]
    what = [stream.name, stream.function.__qualname__, describe(stream.deciding_arguments, work.raw)]
    base = digest([*what, code, library_versions("pycocotools")])
    items = distinct(stream.read(found), work.raw, found)
    size = stream.per_shard if stream.evaluation is None else 1 << 30
    groups = (
        _group(f"{stream.name}-{number:06d}", base, batch, work)
        for number, batch in enumerate(batched(items, size))
    )
    for unchanged, run in groupby(groups, key=lambda group: group.kept is not None):
        if not unchanged:
            yield from _make(stream, run, work, note)
            continue
        for group in run:
            assert group.kept is not None  # noqa: S101 (what the run has in common)
            for problem in group.kept.problems:
                note(problem)
            work.progress.add(group.count)
            yield group.name, group.kept, True


def _make(
    stream: Stream, groups: Iterator[Group], work: Work, note: Report
) -> Iterator[tuple[str, Record, bool]]:
    """Groups that follow each other are made in one go, so that no worker waits at a shard's end."""
    queue: deque[Group] = deque()

    def items() -> Iterator[Any]:
        for group in groups:
            work.open_bank()
            queue.append(group)
            yield from group.items

    each = partial(make_entries, stream.function, dict(stream.arguments), work.raw, stream.by_chunk)
    done = ordered_map(work.pool, each, items(), stream.chunk, 3 * work.workers)
    for first in done:
        group = queue.popleft()
        made = _counted(chain([first], islice(done, group.count - 1)), work.progress)
        yield group.name, write_entries(work.bank, group.name, group.key, made, note), False


def _counted(items: Iterable[Made], progress: ProgressCounter) -> Iterator[Made]:
    for item in items:
        yield item
        progress.add()


def _group(name: str, base: str, items: list[Any], work: Work) -> Group:
    key = digest([base, [describe(item, work.raw) for item in items]])
    record = read_record(work.bank, name)
    if record is not None and holds(record, key, work.raw, work.bank, reread=work.reread):
        # The marks are not needed any more, and are most of it.
        return Group(name=name, key=key, items=(), count=len(items), kept=replace(record, inputs={}))
    return Group(name=name, key=key, items=tuple(items), count=len(items), kept=None)
