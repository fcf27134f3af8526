"""Tables of scores against results made by hand."""

from __future__ import annotations

import math

from tasks.benchmark.pages.grid import Grid
from tasks.benchmark.pages.tables import score_grids, slice_grids, speed_grid
from tests.tasks.benchmark.pages.made import NETWORK, material, result


def grid_of(title: str, **more: object) -> Grid:
    return next(grid for grid in score_grids(material(**more)) if grid.title.startswith(title))


def row_of(grid: Grid, label: str) -> list[str]:
    (row,) = (row for row in grid.rows if row.label == label)
    return [cell.whole for cell in row.cells]


def test_arms_stand_by_sets_with_mean_spread_and_interval() -> None:
    grid = grid_of("mIoU")
    assert [column.heading for column in grid.columns] == ["RealOcc", "RealOcc-Wild", "COFW-507"]
    assert row_of(grid, "nat") == ["91.25 ± 0.40 [90.25, 93.25]", "–", "–"]


def test_a_missing_set_is_an_empty_column_with_its_reason_below() -> None:
    grid = grid_of("mIoU")
    assert [column.under for column in grid.columns] == ["20 pictures, 18 persons", "missing", "no figures"]
    assert grid.notes[0] == "RealOcc-Wild is missing: expected a folder, got none"


def test_the_paper_s_row_stands_under_the_arm_that_re_creates_it() -> None:
    labels = [row.label for row in grid_of("mIoU").rows]
    assert labels.index("wo") + 1 == labels.index("C-WO · DeepLabv3+")
    # It has a figure of the set that is missing here.
    assert row_of(grid_of("mIoU"), "C-WO · DeepLabv3+") == ["89.01", "84.14", "–"]
    assert sum(row.published for row in grid_of("mIoU").rows) == 9


def test_readings_and_tta_are_columns_of_their_own_without_published_figures() -> None:
    results = [
        result("wo", 0.8, reading=reading, tta=tta)
        for tta in (True, False)
        for reading in ("as trained", "as labelled")
    ]
    grid = grid_of("mIoU", results=tuple(results))
    assert [column.heading for column in grid.columns][:4] == [
        "RealOcc",
        "RealOcc, TTA",
        "RealOcc, as trained",
        "RealOcc, as trained, TTA",
    ]
    assert row_of(grid, "C-WO · DeepLabv3+")[:4] == ["89.01", "–", "–", "–"]


def test_one_seed_has_no_spread_and_a_figure_that_is_missing_says_why() -> None:
    one_seed = result("wo", 0.8, seeds=1, spread=math.nan, note="one seed")
    absent = result(
        "nat", math.nan, set="COFW-507", spread=math.nan, low=math.nan, high=math.nan, note="no face"
    )
    grid = grid_of("mIoU", results=(one_seed, absent))
    assert row_of(grid, "wo")[0] == "80.00 [79.00, 82.00]" and row_of(grid, "nat")[2] == "–"
    assert grid.notes[1:3] == ("COFW-507: no face", "one seed")


def test_a_metric_that_has_no_figure_at_all_has_no_table() -> None:
    titles = [grid.title for grid in score_grids(material(results=(result("wo", math.nan, metric="ece"),)))]
    assert titles == []


def test_masks_of_others_have_a_table_without_an_arm_s_name() -> None:
    grid = grid_of("Face IoU", results=(result("", 0.7, network="theirs", metric="face_iou"),))
    assert (grid.title, grid.rows[0].label) == ("Face IoU, %: theirs", "masks of others")


def test_slices_are_columns_with_their_pictures() -> None:
    (grid,) = slice_grids(material())
    assert [(column.heading, column.under) for column in grid.columns] == [
        ("RealOcc", "hand, 9 pictures, 9 persons")
    ]
    assert row_of(grid, "nat") == ["81.00 ± 0.40 [80.00, 83.00]"]


def test_figures_that_are_no_shares_are_no_per_cent() -> None:
    grid = grid_of(
        "Calibration", results=(result("wo", 0.0512, metric="ece", spread=0.001, low=0.05, high=0.06),)
    )
    assert row_of(grid, "wo")[0] == "0.0512 ± 0.0010 [0.0500, 0.0600]"


def test_speed_names_the_device_and_stands_beside_the_paper_s() -> None:
    grid = speed_grid(material())
    assert grid is not None and row_of(grid, NETWORK) == ["12.3", "256 x 256", "a processor"]
    assert speed_grid(material(speeds=())) is None
