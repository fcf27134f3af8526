"""Inputs in groups of a shard each: kept where nothing changed, else prepared in worker processes."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

import cv2

from assets.bank.reader import Entry
from assets.bank.writer import write_shard
from assets.problems import Report
from assets.reading.folders import relative
from manifests.code_identity import WRITE_BANK, code_identity
from manifests.lineage import digest, library_versions
from shards import storage
from tasks.prepare.entry import Prepared
from tasks.prepare.fingerprints import Mark, describe, files_of, mark_of
from tasks.prepare.records import Record, holds, read_record, remove_record, write_record
from tasks.prepare.sources import Stream, distinct
from tasks.workers.pool import WorkerPool, batched, ordered_map


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One prepared input and the marks of the files that were read for it."""

    prepared: Prepared
    inputs: dict[str, Mark | None]


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
    on_done: Callable[[int], None] = field(default=lambda count: None)  # inputs that were dealt with


def records_of(stream: Stream, work: Work, found: Report, note: Report) -> Iterator[tuple[str, Record, bool]]:
    """Each shard's name and record, and whether it was kept, in order.

    What the reader finds goes to ``found``, what is found in the inputs to ``note``.
    """
    code = [code_identity(WRITE_BANK), code_identity(stream.module)]
    base = digest([stream.name, stream.options, code, library_versions("pycocotools")])
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
            work.on_done(group.count)
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

    each = partial(_each, stream.prepare, work.raw)
    done = ordered_map(work.pool, each, items(), stream.chunk, 3 * work.workers)
    for first in done:
        group = queue.popleft()
        made = chain([first], islice(done, group.count - 1))
        yield group.name, _write(group, made, work, note), False


def _group(name: str, base: str, items: list[Any], work: Work) -> Group:
    key = digest([base, [describe(item, work.raw) for item in items]])
    record = read_record(work.bank, name)
    if record is not None and holds(record, key, work.raw, work.bank, reread=work.reread):
        # The marks are not needed any more, and are most of it.
        return Group(name=name, key=key, items=(), count=len(items), kept=replace(record, inputs={}))
    return Group(name=name, key=key, items=tuple(items), count=len(items), kept=None)


def _write(group: Group, made: Iterable[Made], work: Work, note: Report) -> Record:
    """Write the shard as its inputs come, then the record that says so."""
    inputs: dict[str, Mark | None] = {}
    problems = []
    counted: Counter[str] = Counter()

    def usable() -> Iterator[tuple[Entry, dict[str, bytes]]]:
        for one in made:
            inputs.update(one.inputs)
            counted.update(one.prepared.counted)
            work.on_done(1)
            for problem in one.prepared.problems:
                problems.append(problem)
                note(problem)
            if one.prepared.entry is not None:
                yield one.prepared.entry, one.prepared.members

    # An old record must not vouch for a shard that a killed run left half renewed.
    remove_record(work.bank, group.name)
    shard = write_shard(work.bank, f"{group.name}.tar", usable())
    if not shard.entries:
        storage.remove(storage.join(work.bank, shard.name))
    record = Record(
        key=group.key,
        inputs=inputs,
        entries=shard.entries,
        problems=tuple(problems),
        file=shard.name,
        size=shard.size if shard.entries else 0,
        sha256=shard.sha256,
        counted=dict(sorted(counted.items())),
    )
    write_record(work.bank, group.name, record)
    return record


def _each(prepare: Callable[[list[Any]], list[Prepared]], raw: Path, items: list[Any]) -> list[Made]:
    """Run in a worker."""
    cv2.setNumThreads(1)
    # Before the pixels are read: a file that is written in between has another mark at the next look.
    inputs = [{relative(path, raw): mark_of(path) for path in files_of(item)} for item in items]
    return [Made(prepared=done, inputs=read) for done, read in zip(prepare(items), inputs, strict=True)]
