"""Options that say where test sets lie: their fields are those of score and benchmark."""

from __future__ import annotations

from tasks.benchmark.foreign import ScoreOptions
from tasks.benchmark.options import BenchmarkOptions
from tasks.benchmark.set_options import SetOptions


def test_both_commands_find_test_sets_by_the_same_options() -> None:
    fields = set(SetOptions.model_fields)
    assert fields == {"bank", "raw", "own"}
    assert fields <= set(ScoreOptions.model_fields) & set(BenchmarkOptions.model_fields)
