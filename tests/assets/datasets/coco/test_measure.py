from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assets.datasets.coco.measure import measure_outline
from assets.problems import BadInput
from natocc.masks.rle import encode_runs
from tests.raw_trees import square

SIZE = (100, 120)
BOX = square(10, 20, 40, 30)


def runs_of_box() -> dict[str, Any]:
    mask = np.zeros(SIZE, np.uint8)
    mask[20:50, 10:50] = 255
    return {"size": list(SIZE), "counts": encode_runs(mask)}


@pytest.mark.parametrize(
    "segmentation", [BOX, runs_of_box(), square(10, 20, 20, 30) + square(30, 20, 20, 30)]
)
def test_absent_fields_are_measured(segmentation: Any) -> None:
    found = measure_outline(segmentation, SIZE, None, None)
    assert found.bbox == (10, 20, 40, 30) and not found.contradicts
    assert found.area == pytest.approx(1200, rel=0.06)


def test_stated_fields_that_agree_are_kept_as_stated() -> None:
    found = measure_outline(BOX, SIZE, [10.4, 19.0, 40.5, 31.0], 1234.5)
    assert (found.bbox, found.area, found.contradicts) == ((10.4, 19.0, 40.5, 31.0), 1234.5, False)


@pytest.mark.parametrize(
    ("bbox", "area"),
    [
        ([10, 20, 50, 50], 1200),
        ([10, 20, 40, 30], 12000),
        ([10, 20, 40, 30], 0),
        ([10, 20, 40, 30], "large"),
        ("10 20 40 30", 1200),
        ([10, 20, 40], 1200),
        ([10, 20, 40, None], 1200),
    ],
)
def test_others_are_contradictions(bbox: object, area: object) -> None:
    found = measure_outline(BOX, SIZE, bbox, area)
    assert found.contradicts and found.bbox == pytest.approx((10, 20, 40, 30))
    assert found.area == pytest.approx(1200, rel=0.06)


def test_a_line_that_crosses_itself_is_measured_by_its_pixels() -> None:
    """The two halves of a bow tie cancel each other in the sum of the trapezes."""
    tie = [[10.0, 10, 50, 50, 50, 10, 10, 50]]
    found = measure_outline(tie, SIZE, [10, 10, 40, 40], 800)
    assert (found.area, found.contradicts) == (800, False)
    assert measure_outline(tie, SIZE, None, None).area == pytest.approx(800, rel=0.06)


def test_the_box_ends_at_the_picture() -> None:
    found = measure_outline(square(-10, 90, 40, 40), SIZE, None, None)
    assert found.bbox == (0, 90, 30, 10) and found.area == 300


@pytest.mark.parametrize(
    "segmentation",
    [square(130, 20, 10, 10), [[10.0, 10, 50, 10, 30, 10]], {"size": list(SIZE), "counts": [12000]}],
)
def test_an_outline_without_area_is_refused(segmentation: Any) -> None:
    with pytest.raises(BadInput, match="an outline with an area on the picture, got one without"):
        measure_outline(segmentation, SIZE, [10, 10, 40, 40], 800)
