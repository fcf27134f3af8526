"""Inputs that ``withdrawn.csv`` of the raw folder names: they keep their place, and give no entry.

So the shards of other inputs stay as they are. A shard is made again where a row takes effect on one of its
inputs, or where a row that took effect is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from assets.bank.reader import Entry
from assets.problems import Problem
from assets.reading.naming import normal
from assets.text.withdrawals import FILE, ONE_OBJECT, PERSON, PHOTOGRAPH, WITHDRAWALS
from tasks.prepare.entry import Prepared
from tasks.prepare.fingerprints import Mark
from tasks.prepare.records import Record
from tasks.prepare.write import PreparedInput

# What a row withdraws, and its name.
BanSubject = tuple[str, str]


class Withdrawn:
    """The subjects of the rows."""

    def __init__(self, subjects: Iterable[BanSubject] = ()) -> None:
        self._subjects = frozenset(subjects)

    def checked(self, made: PreparedInput) -> PreparedInput:
        """The input, without its entry if a row names it, its photograph, its person or one of its files."""
        entries = () if made.prepared.entry is None else (made.prepared.entry,)
        found = self._found(entries, made.inputs)
        if not found:
            return made
        problem = Problem(
            path=entries[0].source if entries else next(iter(made.inputs), WITHDRAWALS),
            expected="an input that is not withdrawn",
            got=f"one that {WITHDRAWALS} names ({', '.join(sorted({what for what, _ in found}))})",
            action="noted",
        )
        left_out = Prepared(entry=None, members={}, problems=(problem,))
        # What else it holds is of no use, and is not kept.
        former = tuple(replace(entry, source="", licence="", sha256="", members={}) for entry in entries)
        return replace(made, prepared=left_out, withdrawn=found, former=former)

    def holds(self, record: Record) -> bool:
        """Whether the rows leave out of a shard what they left out when it was written."""
        if not self._subjects:
            return not record.withdrawn
        before = frozenset(record.withdrawn)
        return before <= self._subjects and self._found(record.entries, record.inputs) <= before

    def _found(self, entries: Iterable[Entry], inputs: Mapping[str, Mark | None]) -> frozenset[BanSubject]:
        if not self._subjects:
            return frozenset()
        named = {subject for entry in entries for subject in entry_subjects(entry)}
        return self._subjects & (named | set(_of_files(inputs)))


def entry_subjects(entry: Entry) -> Iterator[BanSubject]:
    """All that withdraws an entry."""
    yield PHOTOGRAPH, entry.photo
    yield FILE, normal(entry.source)
    if entry.person:
        yield PERSON, entry.person
    if entry.kind == ONE_OBJECT:
        yield ONE_OBJECT, entry.id


def _of_files(inputs: Mapping[str, Mark | None]) -> Iterator[BanSubject]:
    for path, mark in inputs.items():
        yield FILE, normal(path)
        if mark is not None:
            yield PHOTOGRAPH, mark.sha256
