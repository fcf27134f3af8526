"""Area and bounding box of an annotation, measured on its outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, cast

import numpy as np

from assets.problems import BadInput
from assets.reading.numbers import number_of
from natocc.geometry import Float64Array
from natocc.masks.rasterise import fill_polygon
from natocc.masks.rle import measure_runs

BBox = tuple[float, float, float, float]
# How far a stated area may be off: a share of the area, and pixels along the outline, as tools count pixels
# or measure polygons, and polygons may cross themselves. A stated side: pixels, or a share of it.
_AREA, _ALONG = 0.1, 0.5
_PIXELS, _SIDE = 2.0, 0.02


@dataclass(frozen=True, slots=True)
class OutlineMeasures:
    """``bbox`` (x, y, width, height) and ``area`` in pixels; ``contradicts`` if the file states others."""

    bbox: BBox
    area: float
    contradicts: bool


def measure_outline(
    segmentation: list[list[float]] | dict[str, Any], size: tuple[int, int], bbox: object, area: object
) -> OutlineMeasures:
    """Measure an outline on a picture of ``size`` (height, width).

    The stated ``bbox`` and ``area`` are kept where they agree with it; absent ones are no contradiction.
    Raises BadInput for an outline without area on the picture.
    """
    stated_area, stated_box = number_of(area), _four(bbox)
    if isinstance(segmentation, dict):
        box, count = measure_runs(segmentation["counts"], size)
        found: BBox = (box.x0, box.y0, box.width, box.height)
        true_area, slip = float(count), _ALONG * 2 * (box.width + box.height)
    else:
        found, true_area, slip = _box_of(segmentation, size), sum(map(_area, segmentation)), 0.0
    if min(found[2:]) <= 0:
        raise BadInput("an outline with an area on the picture", "one without")
    good_area = _is_area(stated_area, true_area, slip)
    if not good_area and not isinstance(segmentation, dict):
        lines = [np.array(points, np.float64).reshape(-1, 2) for points in segmentation]
        true_area, slip = float(_drawn(lines, found)), _ALONG * sum(map(_length, lines))
        good_area = _is_area(stated_area, true_area, slip)
    if not true_area:
        raise BadInput("an outline with an area on the picture", "one without")
    good_box = _is_box(stated_box, found)
    return OutlineMeasures(
        bbox=cast(BBox, stated_box) if good_box else found,
        area=cast(float, stated_area) if good_area else true_area,
        contradicts=(area is not None and not good_area) or (bbox is not None and not good_box),
    )


def _is_area(stated: float | None, area: float, slip: float) -> bool:
    return stated is not None and stated > 0 and abs(stated - area) <= _AREA * area + slip


def _is_box(stated: BBox | None, box: BBox) -> bool:
    if stated is None or min(stated[2:]) <= 0:
        return False
    slips = [max(_PIXELS, _SIDE * side) for side in box[2:]] * 2
    return all(abs(value - true) <= slip for value, true, slip in zip(stated, box, slips, strict=True))


def _four(bbox: object) -> BBox | None:
    values = [number_of(value) for value in bbox] if isinstance(bbox, list) else []
    return cast(BBox, tuple(values)) if len(values) == 4 and None not in values else None


def _box_of(polygons: Sequence[Sequence[float]], size: tuple[int, int]) -> BBox:
    """The box of polygons, cut to the picture. Python's own sums are faster for few points."""
    sides: list[tuple[float, float]] = []
    for axis, limit in ((0, size[1]), (1, size[0])):
        low = min(min(points[axis::2]) for points in polygons)
        high = max(max(points[axis::2]) for points in polygons)
        sides.append((float(min(max(low, 0), limit)), float(min(max(high, 0), limit))))
    (left, right), (top, bottom) = sides
    return left, top, right - left, bottom - top


def _area(points: Sequence[float]) -> float:
    """The area of a polygon that does not cross itself."""
    x, y = list(points[::2]), list(points[1::2])
    return float(abs(sum(map(mul, x, y[1:] + y[:1])) - sum(map(mul, y, x[1:] + x[:1])))) / 2


def _length(line: Float64Array) -> float:
    return float(np.hypot(*(line - np.roll(line, 1, axis=0)).T).sum())


def _drawn(lines: Sequence[Float64Array], box: BBox) -> int:
    """The number of pixels within the lines, drawn in their box."""
    corner = np.floor(box[:2])
    width, height = (np.ceil(np.add(box[:2], box[2:])) - corner).astype(int).tolist()
    filled = np.zeros((height, width), np.uint8)
    for line in lines:
        filled |= fill_polygon(line - corner, (height, width))
    return int(np.count_nonzero(filled))
