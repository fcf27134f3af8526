"""Group a source's inputs into shards. Unchanged shards are kept; workers prepare the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

from assets.problems import ReportProblem
from manifests.code_identity import WRITE_BANK, code_identity
from manifests.lineage import digest, library_versions
from natocc.files.read import bounds
from tasks.prepare.fingerprints import describe_input
from tasks.prepare.records import Record, holds, read_record
from tasks.prepare.sources import InputSource, distinct
from tasks.prepare.write import PreparedInput, make_entries, write_entries
from tasks.progress import ProgressCounter
from tasks.workers.pool import WorkerPool, batched, ordered_map

# Inputs of the one shard of faces for evaluation.
_UNLIMITED = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class InputGroup:
    """Inputs of one shard; ``kept`` is the record of an existing, unchanged shard."""

    name: str
    key: str
    items: tuple[Any, ...]  # empty for a kept shard
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardResult:
    """A shard that is now in the bank. Its record omits ``inputs``, the largest field."""

    name: str
    record: Record
    kept: bool


def shards_of(
    source: InputSource, work: Work, reading: ReportProblem, inputs: ReportProblem
) -> Iterator[ShardResult]:
    """The shards of a source in order; its reader reports to ``reading``, its inputs to ``inputs``."""
    base = digest(_cache_fields(source, work.raw))
    items = distinct(source.read(reading), work.raw, reading)
    size = source.per_shard if source.evaluation is None else _UNLIMITED
    groups = (
        _group(f"{source.name}-{number:06d}", base, batch, work)
        for number, batch in enumerate(batched(items, size))
    )
    for unchanged, run in groupby(groups, key=lambda group: group.kept is not None):
        if unchanged:
            yield from _keep(run, work, inputs)
        else:
            yield from _make(source, run, work, inputs)


def _cache_fields(source: InputSource, raw: Path) -> list[Any]:
    """The fields, besides its inputs, that determine the bytes of every shard of a source."""
    code = [
        code_identity(WRITE_BANK),
        code_identity(source.function.__module__, network=source.network),
    ]
    function = [source.name, source.function.__qualname__, describe_input(source.cache_fields, raw)]
    # A picture refused for its size is read again when a bound is raised.
    return [*function, code, library_versions("pycocotools"), asdict(bounds())]


def _keep(groups: Iterator[InputGroup], work: Work, report: ReportProblem) -> Iterator[ShardResult]:
    for group in groups:
        assert group.kept is not None  # noqa: S101 (the caller groups by it)
        for problem in group.kept.problems:
            report(problem)
        work.progress.add(group.count)
        yield ShardResult(name=group.name, record=group.kept, kept=True)


def _make(
    source: InputSource, groups: Iterator[InputGroup], work: Work, report: ReportProblem
) -> Iterator[ShardResult]:
    """Make consecutive shards in one run, so that no worker waits at a shard's end."""
    queue: deque[InputGroup] = deque()

    def items() -> Iterator[Any]:
        for group in groups:
            work.open_bank()
            queue.append(group)
            yield from group.items

    each = partial(make_entries, source.function, dict(source.arguments), work.raw, source.by_chunk, bounds())
    done = ordered_map(work.pool, each, items(), source.chunk, 3 * work.workers)
    for first in done:
        group = queue.popleft()
        made = _counted(chain([first], islice(done, group.count - 1)), work.progress)
        record = write_entries(work.bank, group.name, group.key, made, report)
        yield ShardResult(name=group.name, record=replace(record, inputs={}), kept=False)


def _counted(items: Iterable[PreparedInput], progress: ProgressCounter) -> Iterator[PreparedInput]:
    for item in items:
        yield item
        progress.add()


def _group(name: str, base: str, items: list[Any], work: Work) -> InputGroup:
    key = digest([base, [describe_input(item, work.raw) for item in items]])
    record = read_record(work.bank, name)
    if record is not None and holds(record, key, work.raw, work.bank, reread=work.reread):
        return InputGroup(name=name, key=key, items=(), count=len(items), kept=replace(record, inputs={}))
    return InputGroup(name=name, key=key, items=tuple(items), count=len(items), kept=None)
