"""The schema of the counts."""

from __future__ import annotations

from tasks.benchmark.counts.table import COUNTS_SCHEMA


def test_the_names_are_each_there_once() -> None:
    assert len(set(COUNTS_SCHEMA.names)) == len(COUNTS_SCHEMA.names)
