"""Make entries of inputs and write a shard's entries: all code that determines the bank's bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from assets.bank.reader import Entry
from assets.bank.writer import name_shard, write_shard
from assets.problems import Problem, ReportProblem
from assets.reading.folders import relative
from natocc.files.read import Bounds, use_bounds
from shards import storage
from tasks.prepare.entry import Prepared
from tasks.prepare.fingerprints import Mark, files_of, mark_of
from tasks.prepare.records import Record, write_record


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedInput:
    """The result of one input, and the marks of the files read for it."""

    prepared: Prepared
    inputs: dict[str, Mark | None]
    # Why it was left out (tasks/prepare/withdrawn/check.py); its ``prepared`` then has no entry.
    withdrawn: frozenset[tuple[str, str]] = frozenset()
    # The entry that was left out, which binds the splits of others.
    former: tuple[Entry, ...] = ()


def make_entries(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    raw: Path,
    by_chunk: bool,
    limits: Bounds,
    items: list[Any],
) -> list[PreparedInput]:
    """``function`` for every input of a chunk, or for the chunk as a whole. Runs in a worker."""
    cv2.setNumThreads(1)
    # Taken before the pixels are read. A file written in between has another mark in the next run.
    inputs = [{relative(path, raw): mark_of(path) for path in files_of(item)} for item in items]
    with use_bounds(limits):
        if by_chunk:
            prepared = function(items, raw=raw, **arguments)
        else:
            prepared = [function(item, raw=raw, **arguments) for item in items]
    return [PreparedInput(prepared=done, inputs=read) for done, read in zip(prepared, inputs, strict=True)]


def write_entries(
    bank: str, name: str, key: str, made: Iterable[PreparedInput], report: ReportProblem
) -> Record:
    """Write the shard as its inputs come, then its record. The file of the record before stays."""
    inputs: dict[str, Mark | None] = {}
    problems: list[Problem] = []
    counted: Counter[str] = Counter()
    withdrawn: set[tuple[str, str]] = set()
    former: list[Entry] = []

    def usable() -> Iterator[tuple[Entry, dict[str, bytes]]]:
        for item in made:
            inputs.update(item.inputs)
            counted.update(item.prepared.counted)
            withdrawn.update(item.withdrawn)
            former.extend(item.former)
            for problem in item.prepared.problems:
                problems.append(problem)
                report(problem)
            if item.prepared.entry is not None:
                yield item.prepared.entry, item.prepared.members

    shard = write_shard(bank, partial(name_shard, name), usable())
    if not shard.entries:
        storage.remove(storage.join(bank, shard.name))
    record = Record(
        key=key,
        inputs=inputs,
        entries=shard.entries,
        problems=tuple(problems),
        file=shard.name,
        size=shard.size if shard.entries else 0,
        sha256=shard.sha256,
        counted=dict(sorted(counted.items())),
        withdrawn=tuple(sorted(withdrawn)),
        former=tuple(former),
    )
    write_record(bank, name, record)
    return record
