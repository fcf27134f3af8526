"""The parsing map of a face with a corrected mask, consistent with that mask."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS, NOT_FACE, PARTS, VOO, Policy


def corrected_parsing(parts: Mapping[str, Image], mask: Image, policy: Policy = VOO) -> Image:
    """Class index (uint8 HxW) from part masks and a corrected face mask (uint8 HxW, non-zero inside).

    Inside the mask, a pixel takes the uppermost part that the policy counts as face, or skin without such a
    part. Outside the mask, it takes the uppermost part that at least one policy does not count as face, or
    background without such a part. The uppermost part is the last in the official order. Glasses therefore
    lie over the eyes, although the composed map paints eyes over glasses. An occluder that is not a part is
    background. Under a policy that counts lenses as face, glasses keep their class inside and outside the
    mask, since frames and lenses are one part.

    Raises ValueError if parts and mask differ in size.
    """
    classes = np.where(mask > 0, np.uint8(CLASS_IDS["skin"]), np.uint8(0))
    for names, where in ((policy.face, mask > 0), (NOT_FACE, mask == 0)):
        for name in (part for part in PARTS if part in names and part in parts):
            if parts[name].shape != mask.shape:
                raise ValueError(
                    f"part {name}: expected the mask's size {mask.shape}, got {parts[name].shape}"
                )
            classes[where & (parts[name] > 0)] = CLASS_IDS[name]
    return classes
