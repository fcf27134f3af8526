"""How blurred a COCO instance is in its photograph."""

from __future__ import annotations

import cv2
import numpy as np

from assets.pictures.images import read_image
from assets.records import RawObject
from natocc.geometry import mask_box
from natocc.photometric.sharpness import estimate_blur
from tasks.prepare.occluders.matte import rasterise

# Where the inside has no structure the outline's own edge is measured, with this much about it (pixels):
# windows of 24 pixels are laid from the rim inwards, and the first row of them is left out.
_ABOUT = 30


def blur_of(thing: RawObject) -> float | None:
    """The blur of its strongest edges: sigma of a Gaussian in pixels of the photograph, 0 to 6.

    None where nothing has an edge. 0 for what can't be read, which is refused with its reason when it
    is prepared.
    """
    try:
        picture = read_image(thing.image).rgb
        mask = rasterise(thing.segmentation, thing.image_size)
    except (ValueError, TypeError, KeyError, IndexError):
        return 0.0
    if picture.shape[:2] != thing.image_size or not mask.any():
        return 0.0
    box = mask_box(mask).grow(_ABOUT, thing.image_size)
    crop, inside = np.ascontiguousarray(picture[box.slices]), np.ascontiguousarray(mask[box.slices])
    found = estimate_blur(crop, inside)
    if found is not None:
        return found
    side = 2 * _ABOUT + 1
    return estimate_blur(crop, cv2.dilate(inside, np.ones((side, side), np.uint8)).astype(np.uint8))
