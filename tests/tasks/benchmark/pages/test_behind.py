"""Commands and hashes behind figures."""

from __future__ import annotations

import math

from tasks.benchmark.pages.behind import behind_of, full_hashes, run_commands, run_grid, set_grid
from tasks.benchmark.pages.material import CurvePoint
from tests.tasks.benchmark.pages.made import COMMAND, NETWORK, material, run


def test_a_figure_names_its_command_files_sets_checkpoints_and_data() -> None:
    found = dict(behind_of(material(), arms=["nat"], sets=["RealOcc"], seeds=[1]).lines)
    assert found == {
        "Command": COMMAND,
        "Computed from": "counts.parquet efefefefefef",
        "Test sets": "RealOcc abababababab",
        "Checkpoints": f"{NETWORK}/nat/1 1natffffffff",
        "Learnt from": "data-nat 1a2b3c4d5e6f",
    }


def test_a_missing_set_is_behind_nothing() -> None:
    assert "Wild" not in dict(behind_of(material()).lines)["Test sets"]


def test_whole_hashes_and_commands_are_given_once() -> None:
    found = dict(full_hashes(material()))
    assert len(found) == 1 + 2 + 6 and all(len(digest) == 64 for digest in found.values())
    assert dict(run_commands(material()))[f"{NETWORK}/wo/1"] == "natocc train-segmenter --seed 1"


def test_sets_are_told_with_the_reason_of_those_that_are_missing() -> None:
    grid = set_grid(material())
    cells = {row.label: [cell.text for cell in row.cells] for row in grid.rows}
    assert cells["RealOcc"] == ["20", "18", "voo", "occluded", "abababababab", "none stated"]
    assert cells["RealOcc-Wild"][:2] == ["missing", "–"]
    assert grid.notes == ("RealOcc-Wild is missing: expected a folder, got none",)


def test_a_run_shows_its_best_validation_score() -> None:
    curve = tuple(
        CurvePoint(step=step, loss=1.0, validation_iou=value)
        for step, value in ((1, math.nan), (2, 0.9), (3, 0.8))
    )
    grid = run_grid(material(runs=(run("wo", 0, curve=curve), run("nat", 0, curve=()))))
    assert [row.cells[3].text for row in grid.rows] == ["90.00", "–"]
