"""A mask in COCO's form: one polygon if it is accurate, else run lengths."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from pycocotools import mask as coco_mask
from skimage.measure import approximate_polygon, find_contours

from assets.demo.pixels import BinaryMask

FAITHFUL_IOU = 0.985
TOLERANCE_PX = 0.4

Segmentation = list[list[float]] | dict[str, Any]


def segment(mask: BinaryMask) -> Segmentation:
    """A polygon list if the mask has one piece, no holes and redraws to IoU 0.985, else compressed RLE.

    ``mask`` is (H, W), 0 or 255. Polygons run between pixels, as COCO's rasteriser reads them.
    """
    contours = find_contours(np.pad(mask, 1).astype(np.float64), 127.5)  # type: ignore[no-untyped-call]
    if len(contours) == 1 and cv2.connectedComponents(mask)[0] == 2:
        contour = approximate_polygon(contours[0], TOLERANCE_PX)  # type: ignore[no-untyped-call]
        rows_columns = contour[:-1] - 0.5
        limits = np.array(mask.shape, np.float64)
        points = np.clip(rows_columns, 0, limits)[:, ::-1].round(2)
        polygon = [[float(value) for value in points.ravel()]]
        if agreement(polygon, mask) >= FAITHFUL_IOU:
            return polygon
    packed = _packed(mask)
    return {"size": packed["size"], "counts": packed["counts"].decode("ascii")}


def agreement(segmentation: Segmentation, mask: BinaryMask) -> float:
    """Intersection over union of the mask (H, W) and COCO's own rendering of a segmentation."""
    drawn = segmentation
    if isinstance(segmentation, list):
        drawn = coco_mask.merge(coco_mask.frPyObjects(segmentation, *mask.shape))
    return float(coco_mask.iou([drawn], [_packed(mask)], [0])[0, 0])


def _packed(mask: BinaryMask) -> dict[str, Any]:
    packed: dict[str, Any] = coco_mask.encode(np.asfortranarray(mask > 127, np.uint8))
    return packed
