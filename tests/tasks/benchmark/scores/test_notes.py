"""Notes beside figures."""

from __future__ import annotations

import pytest

from tasks.benchmark.scores.cell import cell_of
from tasks.benchmark.scores.notes import as_note, missing, note_of, of_few
from tests.tasks.benchmark.scores.cells import row, table


@pytest.mark.parametrize(
    ("seeds", "groups", "note"),
    [
        ((0, 1), "ab", ""),
        ((0, 1), "a", "one person or photograph: no interval"),
        ((4,), "ab", "one seed: no spread, and an interval over groups alone"),
        ((4,), "a", "one seed: no spread; one person or photograph: no interval"),
        ((-1,), "ab", "masks without seeds: no spread, and an interval over groups alone"),
    ],
)
def test_few_seeds_and_groups(seeds: tuple[int, ...], groups: str, note: str) -> None:
    rows = [row(key, (1, 0, 0, 1), seed=seed) for seed in seeds for key in groups]
    assert of_few(cell_of(table(rows), "here")) == note


def test_pictures_that_a_mean_leaves_out_are_counted() -> None:
    rows = [row("a", (1, 0, 0, 1), seed=seed) for seed in (0, 1)]
    # No face, and one is found with the second seed alone.
    rows += [row("b", (2, 0, 0, 0)), row("b", (1, 1, 0, 0), seed=1)]
    cell = cell_of(table(rows), "here")
    assert note_of(cell, "face_iou_worst5") == "1 of 2 pictures have no face and are left out"
    assert note_of(cell, "face_iou") == note_of(cell, "faceocc_accuracy") == ""


def test_what_is_missing_is_said_by_metric() -> None:
    assert missing("ece") == "masks have no probabilities"
    assert "matte" in missing("alpha_mse") and "face" in missing("miou")


def test_only_what_says_something_is_joined() -> None:
    assert as_note("", "a", "", "b") == "a; b" and as_note("") == ""
