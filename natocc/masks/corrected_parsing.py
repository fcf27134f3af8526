"""The parsing map of a face whose mask is not the parts' own: the two never disagree."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from natocc.geometry import Image
from natocc.masks.policy import CLASS_IDS, NOT_FACE, PARTS, VOO, Policy


def corrected_parsing(parts: Mapping[str, Image], mask: Image, policy: Policy = VOO) -> Image:
    """Class index (uint8 HxW) from part masks and a corrected face mask (uint8 HxW, non-zero inside).

    On the mask the uppermost part that the policy counts as face, skin where there is none; off it the
    uppermost part that is no face under some policy, background where there is none. Uppermost is the
    last in the official order. So glasses lie over the eyes that are painted over them, and what hides
    the face without being a part is background. Where lenses count as face, glasses are glasses on
    the mask and off it: frames and lenses are one part.
    Raises ValueError for parts of another size than the mask.
    """
    classes = np.where(mask > 0, np.uint8(CLASS_IDS["skin"]), np.uint8(0))
    for names, there in ((policy.face, mask > 0), (NOT_FACE, mask == 0)):
        for name in (one for one in PARTS if one in names and one in parts):
            if parts[name].shape != mask.shape:
                raise ValueError(
                    f"part {name}: expected the mask's size {mask.shape}, got {parts[name].shape}"
                )
            classes[there & (parts[name] > 0)] = CLASS_IDS[name]
    return classes
