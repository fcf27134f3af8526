"""Inverted masks of composites: colours differ outside the mask instead of inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from natocc.geometry import Image
from natocc.resize.scale import limit_long_side

# Composites that are compared with their real pictures before a training, at most; long side in pixels.
SAMPLED, _SIDE = 32, 256
# Mean difference in levels outside the mask that JPEG does not cause, and how often that inside it is.
_LEVELS, _TIMES = 6.0, 3.0


def spread_sample(names: Sequence[str]) -> list[str]:
    """Names spread evenly over all, always the same."""
    step = max(1, len(names) / SAMPLED)
    return [names[int(place * step)] for place in range(min(SAMPLED, len(names)))]


def is_inverted(composite: Image, real: Image, matte: Image) -> bool:
    """Whether the composite differs from its real picture outside the mask and hardly inside it.

    ``composite`` and ``real`` RGB uint8 HxWx3, ``matte`` uint8 HxW, white on the foreground.
    """
    one, other, mask = (limit_long_side(plane, _SIDE) for plane in (composite, real, matte))
    difference = np.abs(one.astype(np.int16) - other).mean(axis=-1)
    inside = mask > 127
    if inside.all() or not inside.any():
        return False
    outer, inner = float(difference[~inside].mean()), float(difference[inside].mean())
    return outer > _LEVELS and outer > _TIMES * inner
