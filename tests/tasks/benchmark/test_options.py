"""Options of a benchmark and of test sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.benchmark.options import BenchmarkOptions
from tasks.option_problems import OptionsError


def options(tmp_path: Path, **changes: object) -> BenchmarkOptions:
    values: dict[str, object] = {
        "benchmark": "small",
        "datasets": str(tmp_path),
        "out": str(tmp_path / "out"),
    }
    return BenchmarkOptions.for_run(**values | changes)


def test_own_sets_are_folders_by_name(tmp_path: Path) -> None:
    assert options(tmp_path, own=("a=x/y", "b=z=1")).own_folders() == {"a": "x/y", "b": "z=1"}


@pytest.mark.parametrize(
    ("own", "message"), [(("a",), "expected NAME=FOLDER, got 'a'"), (("a=x", "a=y"), "got a twice")]
)
def test_own_sets_without_a_name_or_twice_are_refused(
    tmp_path: Path, own: tuple[str, ...], message: str
) -> None:
    with pytest.raises(OptionsError, match=message):
        options(tmp_path, own=own)


def test_an_unknown_benchmark_is_told_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match=r"expected one of .*small.* or a YAML file, got 'smal'"):
        options(tmp_path, benchmark="smal")
