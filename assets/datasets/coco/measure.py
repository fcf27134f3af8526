"""Area and bounding box of an annotation, measured on its outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
class Measured:
    """``bbox`` (x, y, width, height) and ``area`` in pixels; ``contradicts`` if the file states others."""

    bbox: BBox
    area: float
    contradicts: bool


def measure(
    segmentation: list[list[float]] | dict[str, Any], size: tuple[int, int], bbox: object, area: object
) -> Measured:
    """Measure an outline on a picture of ``size`` (height, width).

    The stated ``bbox`` and ``area`` are kept where they agree with it; absent ones are no contradiction.
    Raises BadInput for an outline without area on the picture.
    """
    if isinstance(segmentation, dict):
        box, count = measure_runs(segmentation["counts"], size)
        found: BBox = (box.x0, box.y0, box.width, box.height)
        true_area, along, exact = float(count), 2.0 * (box.width + box.height), True
    else:
        lines = [np.array(points, np.float64).reshape(-1, 2) for points in segmentation]
        found, true_area, along = _box_of(lines, size), sum(map(_area, lines)), sum(map(_length, lines))
        exact = False
    if min(found[2:]) <= 0:
        raise BadInput("an outline with an area on the picture", "one without")
    stated_area, stated_box = number_of(area), _four(bbox)
    if not exact and not _is_area(stated_area, true_area, along):
        true_area = float(_drawn(lines, found))
    good_area, good_box = _is_area(stated_area, true_area, along), _is_box(stated_box, found)
    if not true_area:
        raise BadInput("an outline with an area on the picture", "one without")
    return Measured(
        bbox=cast(BBox, stated_box) if good_box else found,
        area=cast(float, stated_area) if good_area else true_area,
        contradicts=(area is not None and not good_area) or (bbox is not None and not good_box),
    )


def _is_area(stated: float | None, area: float, along: float) -> bool:
    return stated is not None and stated > 0 and abs(stated - area) <= _AREA * area + _ALONG * along


def _is_box(stated: BBox | None, box: BBox) -> bool:
    if stated is None or min(stated[2:]) <= 0:
        return False
    slips = [max(_PIXELS, _SIDE * side) for side in box[2:]] * 2
    return all(abs(value - true) <= slip for value, true, slip in zip(stated, box, slips, strict=True))


def _four(bbox: object) -> BBox | None:
    values = [number_of(value) for value in bbox] if isinstance(bbox, list) else []
    return cast(BBox, tuple(values)) if len(values) == 4 and None not in values else None


def _box_of(lines: Sequence[Float64Array], size: tuple[int, int]) -> BBox:
    """The box of the lines, cut to the picture."""
    points = np.concatenate(lines) if len(lines) > 1 else lines[0]
    limits = np.array([size[1], size[0]])
    low, high = np.clip(points.min(axis=0), 0, limits), np.clip(points.max(axis=0), 0, limits)
    width, height = high - low
    return float(low[0]), float(low[1]), float(width), float(height)


def _area(line: Float64Array) -> float:
    """The area of a closed line that does not cross itself."""
    x, y = line[:, 0] - line[0, 0], line[:, 1] - line[0, 1]
    return float(abs(x[:-1] @ y[1:] - x[1:] @ y[:-1])) / 2


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
