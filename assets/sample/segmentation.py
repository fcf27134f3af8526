"""A mask as COCO writes it: one polygon where that is faithful, else run lengths."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask
from skimage.measure import approximate_polygon, find_contours

from assets.sample.pixels import Mask

FAITHFUL_IOU = 0.985
TOLERANCE_PX = 0.4

Segmentation = list[list[float]] | dict[str, Any]


def segment(mask: Mask) -> Segmentation:
    """A polygon list for one piece without holes that it redraws to IoU 0.985, else compressed RLE.

    ``mask`` is (H, W), 0 or 255. Polygons run between pixels, as COCO's rasteriser reads them.
    """
    outlines = find_contours(np.pad(mask, 1).astype(np.float64), 127.5)  # type: ignore[no-untyped-call]
    if len(outlines) == 1 and cv2.connectedComponents(mask)[0] == 2:
        outline = approximate_polygon(outlines[0], TOLERANCE_PX)  # type: ignore[no-untyped-call]
        rows_columns = outline[:-1] - 0.5
        limits = np.array(mask.shape, np.float64)
        points = np.clip(rows_columns, 0, limits)[:, ::-1].round(2)
        polygon = [[float(value) for value in points.ravel()]]
        if overlap(rasterise(polygon, mask.shape), mask) >= FAITHFUL_IOU:
            return polygon
    packed = coco_mask.encode(np.asfortranarray(mask > 127, np.uint8))
    return {"size": list(mask.shape), "counts": packed["counts"].decode("ascii")}


def rasterise(segmentation: Segmentation, shape: tuple[int, ...]) -> Mask:
    """The mask (H, W), 0 or 255, that COCO's own tools draw from a segmentation."""
    if isinstance(segmentation, list):
        packed = coco_mask.merge(coco_mask.frPyObjects(segmentation, shape[0], shape[1]))
    else:
        packed = segmentation
    return np.asarray(coco_mask.decode(packed), np.uint8) * np.uint8(255)


def overlap(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    """Intersection over union of two masks."""
    union = np.count_nonzero((one > 127) | (other > 127))
    return np.count_nonzero((one > 127) & (other > 127)) / union if union else 1.0
