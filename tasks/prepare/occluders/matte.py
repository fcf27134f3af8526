"""Make an object's matte from a COCO annotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from natocc.geometry import Box, Image
from natocc.masks.rasterise import draw_polygons
from natocc.masks.rle import decode_runs
from natocc.matting.cutout import clear_border, enlarge_matte, soft_matte, soften_enlarged
from natocc.matting.refine import band_width, refine_matte
from tasks.prepare.upscaling.choose import FACTOR


@dataclass(frozen=True, slots=True)
class Matte:
    """``large`` is the matte, enlarged four times; ``alpha`` is the matte at the crop's size.

    ``metadata`` holds ``matte`` (``refined``, or ``outline`` for the annotation's own), ``matte_change``
    (percent of the annotated area that changed sides) and ``matte_told`` (percent of the pixels beside the
    edge whose colours are on the correct side).
    """

    large: Image
    alpha: Image
    metadata: dict[str, object]


def rasterise(segmentation: list[list[float]] | dict[str, object], size: tuple[int, int]) -> Image:
    """Polygons, or an uncompressed or compressed RLE, as uint8 HxW of 0 and 255; ``size`` is (height, width).

    Raises ValueError, TypeError or KeyError for anything else, and for an RLE of another size.
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
    """The polygons in the pixels of ``box`` resized to ``size``; empty for an RLE."""
    if isinstance(segmentation, dict):
        return []
    scale = size[1] / box.width, size[0] / box.height
    corner = box.x0, box.y0
    return [
        [round((float(value) - corner[axis % 2]) * scale[axis % 2], 2) for axis, value in enumerate(points)]
        for points in segmentation
    ]


def make_matte(crop: Image, mask: Image, polygons: list[list[float]]) -> Matte:
    """The matte of an object in ``crop`` (uint8 HxWx3), from its ``mask`` (0 or 255) and its polygons.

    The colours on both sides of the annotated edge refine it. If the colours can't separate the sides, the
    polygons are drawn at the large size, or for an RLE the mask is smoothed.
    """
    mask = np.ascontiguousarray(mask)
    refined = refine_matte(crop, mask, band_width(mask))
    metadata: dict[str, object] = {
        "matte": "refined" if refined.sound else "outline",
        "matte_change": round(100 * refined.change, 1),
        "matte_told": round(100 * refined.confidence, 1),
    }
    if refined.sound:
        alpha = clear_border(refined.alpha)
        return Matte(enlarge_matte(alpha, FACTOR), alpha, metadata)
    return Matte(enlarge_annotation(mask, polygons), clear_border(mask), metadata)


def enlarge_annotation(mask: Image, polygons: list[list[float]]) -> Image:
    """The matte of the annotation itself, enlarged four times."""
    mask = clear_border(mask)
    if not polygons:
        return soft_matte(mask, FACTOR)
    large = draw_polygons(polygons, (mask.shape[0], mask.shape[1]), FACTOR)
    return soften_enlarged(clear_border(large, FACTOR), FACTOR)


def _polygon(points: list[float], size: tuple[int, int]) -> list[float]:
    """Check coordinates: pycocotools reads two corners as a box, and accepts edges of any length."""
    values = [float(value) for value in points]
    if len(values) < 6 or len(values) % 2:
        raise ValueError(f"a polygon of {len(values)} numbers")
    if not all(abs(value) <= 4 * max(size) for value in values):
        raise ValueError("a polygon with a corner far outside")
    return values
