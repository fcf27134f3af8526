"""From a COCO outline to an object's matte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from natocc.geometry import Box, Image
from natocc.masks.outline import draw_polygons
from natocc.masks.rle import decode_runs
from natocc.matting.cutout import clear_border, enlarge_matte, soft_matte, soften_outline
from natocc.matting.refine import band_width, refine_matte
from tasks.prepare.upscaling.choose import FACTOR


@dataclass(frozen=True, slots=True)
class Matte:
    """``large`` is the matte, four times enlarged; ``alpha`` what it was made from, at the crop's size.

    ``facts`` say how: ``matte`` is ``refined`` or ``outline``, ``matte_change`` (percent of the outline's
    area that changed sides) and ``matte_told`` (percent of pixels beside the edge that their colours tell).
    """

    large: Image
    alpha: Image
    facts: dict[str, object]


def rasterise(segmentation: list[list[float]] | dict[str, object], size: tuple[int, int]) -> Image:
    """Polygons, uncompressed or compressed RLE as uint8 HxW of 0 and 255; ``size`` is (height, width).

    Raises ValueError, TypeError or KeyError where it is neither, or an RLE of another size.
    """
    if isinstance(segmentation, dict):
        rle: dict[str, Any] = segmentation
    else:
        polygons = [_polygon(points, size) for points in segmentation]
        rle = coco_mask.merge(coco_mask.frPyObjects(polygons, *size))
    if tuple(rle["size"]) != size:
        raise ValueError(f"RLE of {'x'.join(str(side) for side in reversed(rle['size']))}")
    return decode_runs(rle["counts"], size)


def polygons_within(
    segmentation: list[list[float]] | dict[str, object], box: Box, size: tuple[int, int]
) -> list[list[float]]:
    """The polygons moved into ``box``, which was then resized to ``size``; none of an RLE."""
    if isinstance(segmentation, dict):
        return []
    scale = size[1] / box.width, size[0] / box.height
    corner = box.x0, box.y0
    return [
        [round((float(value) - corner[at % 2]) * scale[at % 2], 2) for at, value in enumerate(points)]
        for points in segmentation
    ]


def make_matte(crop: Image, mask: Image, polygons: list[list[float]]) -> Matte:
    """The matte of an object in ``crop`` (uint8 HxWx3), from its ``mask`` (0 or 255) and its polygons.

    The colours on either side of the outline draw the edge. Where they can't tell the sides apart, the
    outline itself is drawn at the large size; of an RLE, which has no polygons, the smoothed mask.
    """
    mask = np.ascontiguousarray(mask)
    refined = refine_matte(crop, mask, band_width(mask))
    facts: dict[str, object] = {
        "matte": "refined" if refined.sound else "outline",
        "matte_change": round(100 * refined.change, 1),
        "matte_told": round(100 * refined.told, 1),
    }
    if refined.sound:
        alpha = clear_border(refined.alpha)
        return Matte(enlarge_matte(alpha, FACTOR), alpha, facts)
    return Matte(enlarge_outline(mask, polygons), clear_border(mask), facts)


def enlarge_outline(mask: Image, polygons: list[list[float]]) -> Image:
    """The outline's own matte, four times enlarged."""
    mask = clear_border(mask)
    if not polygons:
        return soft_matte(mask, FACTOR)
    large = draw_polygons(polygons, (mask.shape[0], mask.shape[1]), FACTOR)
    return soften_outline(clear_border(large, FACTOR), FACTOR)


def _polygon(points: list[float], size: tuple[int, int]) -> list[float]:
    """Three corners or more: pycocotools takes two for a box, and walks an edge however long."""
    values = [float(value) for value in points]
    if len(values) < 6 or len(values) % 2:
        raise ValueError(f"a polygon of {len(values)} numbers")
    if not all(abs(value) <= 4 * max(size) for value in values):
        raise ValueError("a polygon with a corner far outside")
    return values
