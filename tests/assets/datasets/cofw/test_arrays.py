from __future__ import annotations

from collections.abc import Mapping

import h5py
import numpy as np
import pytest

from assets.datasets.cofw.arrays import landmarks_within, read_variables, sound_rows
from assets.problems import BadInput
from tests.cofw_files import boxes, points


def stored(count: int, **replaced: np.ndarray) -> Mapping[str, np.ndarray]:
    cells = np.array([h5py.Reference() for _ in range(count)], object)
    return {"IsT": cells, "phisT": points(count).T, "bboxesT": boxes(count).T} | replaced


@pytest.mark.parametrize("count", [1, 3, 4, 5, 87])
@pytest.mark.parametrize("matlab", [True, False])
def test_rows_are_faces_in_both_orders_of_the_axes(count: int, matlab: bool) -> None:
    numbers = {"phisT": points(count), "bboxesT": boxes(count)}
    found = read_variables(stored(count, **({} if matlab else numbers)), "T")
    assert np.array_equal(found.points, points(count)) and np.array_equal(found.boxes, boxes(count))


def test_numbers_that_decide_nothing_follow_the_other_variable() -> None:
    square = np.arange(1.0, 17).reshape(4, 4) * 1000
    assert np.array_equal(read_variables(stored(4, bboxesT=square), "T").boxes, square.T)
    given = read_variables(stored(4, phisT=points(4), bboxesT=square), "T")
    assert np.array_equal(given.boxes, square)


def test_other_shapes_and_kinds_are_refused() -> None:
    for name, values, got in (
        ("bboxesT", boxes(3)[:, :3], "float64 of 3x3"),
        ("phisT", points(3).astype("U4"), "<U4 of 3x87"),
    ):
        with pytest.raises(BadInput) as caught:
            read_variables(stored(3, **{name: values}), "T")
        assert caught.value.got == got


def test_a_row_is_sound_by_its_bits_and_numbers() -> None:
    rows = points(3)
    rows[0, 0], rows[1, 86] = np.inf, 0.5
    assert sound_rows(rows).tolist() == [False, False, True]
    assert landmarks_within(points(3), boxes(3)).tolist() == [1, 1, 1]
    assert landmarks_within(points(3), boxes(3) + 100).tolist() == [0, 0, 0]
