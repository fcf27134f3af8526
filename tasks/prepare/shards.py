"""Divide a source's inputs into shards. Unchanged shards are kept; workers prepare the others.

The shard of an input follows from a hash of its id (``shards/divide.py``), so that an input more or less
changes few shards, and their names are stable: ``face-7f0000`` holds the faces from that hash on.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from assets.problems import ReportProblem
from manifests.code_identity import WRITE_BANK, code_identity
from manifests.lineage import digest, library_versions
from natocc.files.read import bounds
from shards.divide import divide_named
from tasks.prepare.fingerprints import describe_input
from tasks.prepare.records import Record, holds, read_record
from tasks.prepare.sources import InputSource, distinct
from tasks.prepare.withdrawn.check import Withdrawn
from tasks.prepare.write import PreparedInput, make_entries, write_entries
from tasks.progress import ProgressCounter
from tasks.workers.pool import WorkerPool, ordered_map

# Inputs of the one shard of faces for evaluation.
_UNLIMITED = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class InputGroup:
    """Inputs of one shard; ``kept`` is the record of an existing, unchanged shard."""

    name: str
    key: str
    items: tuple[Any, ...]  # by id; empty for a kept shard
    count: int
    kept: Record | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The common context of all sources of one call."""

    raw: Path
    bank: str
    pool: WorkerPool
    workers: int
    reread: bool
    open_bank: Callable[[], None]  # called before anything is written, any number of times
    progress: ProgressCounter  # of inputs
    withdrawn: Withdrawn = field(default_factory=Withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardResult:
    """A shard that is now in the bank. Its record omits ``inputs``, the largest field."""

    name: str
    record: Record
    kept: bool


def shards_of(
    source: InputSource, work: Work, reading: ReportProblem, inputs: ReportProblem
) -> Iterator[ShardResult]:
    """The shards of a source, those that are made in order; its reader reports to ``reading``.

    Its inputs report to ``inputs``. All are read before the first is prepared.
    """
    groups = input_groups(source, work, reading)
    kept, queue = deque[ShardResult](), deque[InputGroup]()

    def changed() -> Iterator[Any]:
        for group in groups:
            if group.kept is not None:
                kept.append(_keep(group, group.kept, work, inputs))
                continue
            work.open_bank()
            queue.append(group)
            yield from group.items

    # All in one run, so that no worker waits at a shard's end.
    each = partial(make_entries, source.function, dict(source.arguments), work.raw, source.by_chunk, bounds())
    done = ordered_map(work.pool, each, changed(), source.chunk, 3 * work.workers)
    for first in done:
        group = queue.popleft()
        made = _counted(chain([first], islice(done, group.count - 1)), work.progress)
        taken = map(work.withdrawn.checked, made)
        record = write_entries(work.bank, group.name, group.key, taken, inputs)
        yield ShardResult(name=group.name, record=replace(record, inputs={}), kept=False)
    yield from kept


def input_groups(source: InputSource, work: Work, report: ReportProblem) -> Iterator[InputGroup]:
    """The inputs of each shard, in order of their hashes."""
    base = digest(_cache_fields(source, work.raw))
    packed: dict[str, bytes] = {}
    for item in distinct(source.read(report), work.raw, report):
        # Records take three to five times the memory.
        packed[item.id] = pickle.dumps(item, pickle.HIGHEST_PROTOCOL)
        work.progress.add(0)
    size = source.per_shard if source.evaluation is None else _UNLIMITED
    for place, names in divide_named(dict.fromkeys(packed, 1), size).items():
        items = [pickle.loads(packed.pop(name)) for name in sorted(names)]  # noqa: S301 (from above)
        yield _group(f"{source.name}-{place}", base, items, work)


def _cache_fields(source: InputSource, raw: Path) -> list[Any]:
    """The fields, besides its inputs, that determine the bytes of every shard of a source."""
    code = [
        code_identity(WRITE_BANK),
        code_identity(source.function.__module__, network=source.network),
    ]
    function = [source.name, source.function.__qualname__, describe_input(source.cache_fields, raw)]
    # A picture refused for its size is read again when a bound is raised.
    return [*function, code, library_versions("pycocotools"), asdict(bounds())]


def _keep(group: InputGroup, record: Record, work: Work, report: ReportProblem) -> ShardResult:
    for problem in record.problems:
        report(problem)
    work.progress.add(group.count)
    return ShardResult(name=group.name, record=record, kept=True)


def _counted(items: Iterable[PreparedInput], progress: ProgressCounter) -> Iterator[PreparedInput]:
    for item in items:
        yield item
        progress.add()


def _group(name: str, base: str, items: list[Any], work: Work) -> InputGroup:
    key = digest([base, [describe_input(item, work.raw) for item in items]])
    record = read_record(work.bank, name)
    holding = record is not None and holds(record, key, work.raw, work.bank, reread=work.reread)
    if record is not None and holding and work.withdrawn.holds(record):
        return InputGroup(name=name, key=key, items=(), count=len(items), kept=replace(record, inputs={}))
    return InputGroup(name=name, key=key, items=tuple(items), count=len(items), kept=None)
