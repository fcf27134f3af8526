"""Test sets by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tasks.benchmark.sets.open import KNOWN_SETS, open_test_sets
from tests.raw_trees import add_occluded
from tests.small_version import small_bank, small_version


def test_sets_come_in_the_order_asked_for(tmp_path: Path) -> None:
    add_occluded(tmp_path, "00041")
    found = open_test_sets(
        ["WO-Test", "RealOcc"],
        bank_url=small_bank(str(tmp_path / "bank")),
        versions=[small_version(str(tmp_path / "v"), train=1, test=2)],
        folders={"mine": str(tmp_path / "RealOcc")},
    )
    assert [one.name for one in found] == ["WO-Test", "RealOcc", "small/heldout", "mine"]
    assert [len(one.facts) for one in found] == [0, 3, 2, 1]
    assert [bool(one.missing) for one in found] == [True, False, False, False]


def test_without_data_every_known_set_is_missing() -> None:
    found = open_test_sets(KNOWN_SETS)
    assert [one.name for one in found] == [*KNOWN_SETS] and all(one.missing for one in found)


def test_unknown_and_equal_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected names among RealOcc, .*, got realocc$"):
        open_test_sets(["RealOcc", "realocc"])
    add_occluded(tmp_path, "00041")
    with pytest.raises(ValueError, match="expected a name of its own for each, got RealOcc twice"):
        open_test_sets(["RealOcc"], folders={"RealOcc": str(tmp_path / "RealOcc")})


def test_test_sets_are_read_without_torch() -> None:
    code = "import sys; import tasks.benchmark.sets.open, tasks.benchmark.sets.overlap; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
