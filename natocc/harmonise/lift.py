"""A network's harmonised picture at working size, lifted to the composite's full size.

Networks that harmonise (RainNet, Ling et al., CVPR 2021) work at 256 or 512 pixels. What they change
is colour, so the change is taken from the small picture and the detail from the composite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.colour.field import extend_field
from natocc.colour.lut import Colours, apply_table, enlarge
from natocc.colour.mapping import drift_at, fit_mapping
from natocc.compositing import blend
from natocc.geometry import Box, Image, mask_box

# Composite (RGB uint8 HxWx3) and mask (uint8 HxW, 0 or 255) at working size -> harmonised picture (uint8
# HxWx3). Outside the mask its pixels are not looked at.
Network = Callable[[Image, Image], Image]

_HALF = 128


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Working:
    """What the network is shown: ``composite`` uint8 SxSx3 and ``matte`` uint8 SxS."""

    composite: Image
    matte: Image


# Full composite and matte, what the network was shown, what it made of it -> full picture.
Lift = Callable[[Image, Image, Working, Image], Image]


def to_working_size(composite: Image, matte: Image, size: int) -> Working:
    """Composite (RGB uint8 HxWx3) and matte (uint8 HxW) resized to ``size`` x ``size``.

    Other proportions than a square's are stretched, as the published code does. Raises ValueError for
    shapes that do not belong together.
    """
    if composite.ndim != 3 or composite.shape[2] != 3 or matte.shape != composite.shape[:2]:
        raise ValueError(
            f"composite and matte: expected shapes (H, W, 3) and (H, W), got {composite.shape} "
            f"and {matte.shape}"
        )
    smaller = min(matte.shape) >= size
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    rgb, plane = (cv2.resize(one, (size, size), interpolation=how) for one in (composite, matte))
    return Working(composite=np.asarray(rgb, np.uint8), matte=np.asarray(plane, np.uint8))


def harmonise_lifted(
    composite: Image, matte: Image, network: Network, *, size: int = 256, lift: str = "mapping"
) -> Image:
    """The composite with its foreground harmonised by ``network``, at full size; a new array.

    ``lift`` names one of ``LIFTS``. Pixels where the matte is 0 are equal to the bit. An empty matte asks
    the network nothing.
    """
    if lift not in LIFTS:
        raise ValueError(f"lift: expected one of {', '.join(sorted(LIFTS))}, got {lift}")
    working = to_working_size(composite, matte, size)
    if not working.matte.any():
        return composite.copy()
    harmonised = network(working.composite, solid_part(working) * np.uint8(255))
    return LIFTS[lift](composite, matte, working, harmonised)


def lift_residual(composite: Image, matte: Image, working: Working, harmonised: Image) -> Image:
    """Add what the network added (specs 4.3): the difference, enlarged linearly, weighted by the matte.

    Follows changes of any kind, also from place to place; detail finer than the working size keeps its
    old contrast.
    """
    solid = _solid(working, harmonised)
    field = cv2.subtract(harmonised, working.composite, dtype=cv2.CV_32F)
    # Beyond the outline there is no change: carried on, so that the rim is not left behind.
    field = extend_field(np.asarray(field, np.float32), solid.astype(np.uint8) * np.uint8(255))
    box = mask_box(matte)
    if box.empty:
        return composite.copy()
    large = enlarge(field, (matte.shape[0], matte.shape[1]), box)
    return _moved(composite, matte, box, composite[box.slices], large)


def lift_mapping(composite: Image, matte: Image, working: Working, harmonised: Image) -> Image:
    """Map colours as the network did (natocc.colour.mapping), at full size, weighted by the matte.

    Detail takes part in the change, and what the network blurs or draws is left out: what is lifted is
    a function of colour with a slow drift from place to place.
    """
    solid = _solid(working, harmonised)
    mapping = fit_mapping(working.composite, harmonised, solid)
    box = mask_box(matte)
    if box.empty:
        return composite.copy()
    mapped = apply_table(np.ascontiguousarray(composite[box.slices]), mapping.table)
    return _moved(composite, matte, box, mapped, drift_at(mapping.drift, composite, box))


def _moved(composite: Image, matte: Image, box: Box, colours: Image, field: Colours) -> Image:
    """A new picture: in the matte's box ``colours`` plus ``field``, weighted by the matte."""
    moved = cv2.add(colours, field, dtype=cv2.CV_8U)
    out = composite.copy()
    out[box.slices] = blend(composite[box.slices], np.asarray(moved, np.uint8), matte[box.slices])
    return out


LIFTS: Mapping[str, Lift] = {"mapping": lift_mapping, "residual": lift_residual}


def solid_part(working: Working) -> NDArray[np.bool_]:
    """Pixels of the foreground, SxS: at least half covered, or as much as any is."""
    return np.asarray(working.matte >= np.clip(working.matte.max(), 1, _HALF))


def _solid(working: Working, harmonised: Image) -> NDArray[np.bool_]:
    if harmonised.shape != working.composite.shape or harmonised.dtype != np.uint8:
        raise ValueError(
            f"network: expected uint8 {working.composite.shape}, got {harmonised.dtype} {harmonised.shape}"
        )
    return solid_part(working)
