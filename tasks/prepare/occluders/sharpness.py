"""Measure the blur of a COCO instance in its photograph."""

from __future__ import annotations

import cv2
import numpy as np

from assets.pictures.photograph import read_image
from assets.records import RawObject
from natocc.masks.rle import decode_runs, measure_runs
from natocc.photometric.sharpness import estimate_blur
from tasks.prepare.occluders.matte import outline_runs, upright_outline

# If the inside has no structure, the object's edge is measured with a margin of this many pixels. Windows of
# 24 pixels are laid from the rim inwards, and the first row is omitted.
_MARGIN = 30


def blur_of(thing: RawObject) -> float | None:
    """The blur of the instance's strongest edges: sigma of a Gaussian in pixels of the photograph, 0 to 6.

    None if it has no edge. 0 for an unreadable instance; preparing refuses it with the reason.
    """
    try:
        picture = read_image(thing.image)
        outline, size = upright_outline(thing, picture, thing.image.name)
        runs = outline_runs(outline, size)
        box, area = measure_runs(runs, size)
    except ValueError:
        return 0.0
    if not area:
        return 0.0
    box = box.grow(_MARGIN, size)
    crop, inside = np.ascontiguousarray(picture.rgb[box.slices]), decode_runs(runs, size, box)
    blur = estimate_blur(crop, inside)
    if blur is not None:
        return blur
    side = 2 * _MARGIN + 1
    return estimate_blur(crop, cv2.dilate(inside, np.ones((side, side), np.uint8)).astype(np.uint8))
