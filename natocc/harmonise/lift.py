"""A network's harmonised picture at working size, lifted to the composite's full size.

Networks that harmonise (RainNet, Ling et al., CVPR 2021) work at 256 or 512 pixels. They change only colours,
so the colour change comes from the small picture and the detail from the composite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.colour.field import extend_field
from natocc.colour.lut import Colours, apply_table, enlarge_field
from natocc.colour.mapping import drift_at, fit_mapping
from natocc.compositing import blend
from natocc.geometry import Box, Image, mask_box

# Composite (RGB uint8 SxSx3) and mask (uint8 SxS, 0 or 255) at working size -> harmonised picture (uint8
# SxSx3). Its pixels outside the mask are ignored.
RunHarmoniser = Callable[[Image, Image], Image]

_HALF = 128


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Working:
    """A network's input: ``composite`` RGB uint8 SxSx3 and ``matte`` uint8 SxS."""

    composite: Image
    matte: Image


# Composite and matte at full size, the network's input, its output (uint8 SxSx3) -> picture at full size.
Lift = Callable[[Image, Image, Working, Image], Image]


def to_working_size(composite: Image, matte: Image, size: int) -> Working:
    """Composite (RGB uint8 HxWx3) and matte (uint8 HxW) resized to ``size`` x ``size``.

    The proportions are not kept, as in the published code. Raises ValueError where the shapes do not match.
    """
    if composite.ndim != 3 or composite.shape[2] != 3 or matte.shape != composite.shape[:2]:
        raise ValueError(
            f"composite and matte: expected shapes (H, W, 3) and (H, W), got {composite.shape} "
            f"and {matte.shape}"
        )
    way = cv2.INTER_AREA if min(matte.shape) >= size else cv2.INTER_LINEAR
    rgb, plane = (cv2.resize(image, (size, size), interpolation=way) for image in (composite, matte))
    return Working(composite=np.asarray(rgb, np.uint8), matte=np.asarray(plane, np.uint8))


def harmonise_lifted(
    composite: Image, matte: Image, network: RunHarmoniser, *, size: int = 256, lift: str = "mapping"
) -> Image:
    """The composite with its foreground harmonised by ``network``, at full size; a new array.

    ``lift`` names one of ``LIFTS``. Pixels where the matte is 0 stay equal to the bit. With an empty matte
    the network is not called.
    """
    if lift not in LIFTS:
        raise ValueError(f"lift: expected one of {', '.join(sorted(LIFTS))}, got {lift}")
    working = to_working_size(composite, matte, size)
    if not working.matte.any():
        return composite.copy()
    harmonised = network(working.composite, foreground_pixels(working) * np.uint8(255))
    return LIFTS[lift](composite, matte, working, harmonised)


def lift_residual(composite: Image, matte: Image, working: Working, harmonised: Image) -> Image:
    """Add the network's change, enlarged linearly and weighted by the matte.

    Works for any change, including one that varies from place to place. Detail finer than the working size
    keeps its contrast.
    """
    solid = _solid(working, harmonised)
    field = cv2.subtract(harmonised, working.composite, dtype=cv2.CV_32F)
    # The network changes nothing outside the mask. The change is extended there so that the soft rim follows
    # it.
    field = extend_field(np.asarray(field, np.float32), solid.astype(np.uint8) * np.uint8(255))
    box = mask_box(matte)
    if box.empty:
        return composite.copy()
    large = enlarge_field(field, (matte.shape[0], matte.shape[1]), box)
    return _moved(composite, matte, box, composite[box.slices], large)


def lift_mapping(composite: Image, matte: Image, working: Working, harmonised: Image) -> Image:
    """Map colours as the network did (natocc.colour.mapping), at full size, weighted by the matte.

    The lifted change is a function of colour with a slow drift from place to place. Detail therefore follows
    the change, and blur or structure added by the network is left out.
    """
    solid = _solid(working, harmonised)
    mapping = fit_mapping(working.composite, harmonised, solid)
    box = mask_box(matte)
    if box.empty:
        return composite.copy()
    mapped = apply_table(np.ascontiguousarray(composite[box.slices]), mapping.table)
    return _moved(composite, matte, box, mapped, drift_at(mapping.drift, composite, box))


def _moved(composite: Image, matte: Image, box: Box, colours: Image, field: Colours) -> Image:
    """A new picture: ``colours`` plus ``field`` in the matte's ``box``, weighted by the matte."""
    moved = cv2.add(colours, field, dtype=cv2.CV_8U)
    out = composite.copy()
    out[box.slices] = blend(composite[box.slices], np.asarray(moved, np.uint8), matte[box.slices])
    return out


LIFTS: Mapping[str, Lift] = {"mapping": lift_mapping, "residual": lift_residual}


def foreground_pixels(working: Working) -> NDArray[np.bool_]:
    """The foreground, SxS: pixels at least half covered, or the most covered pixels if none is."""
    return np.asarray(working.matte >= np.clip(working.matte.max(), 1, _HALF))


def _solid(working: Working, harmonised: Image) -> NDArray[np.bool_]:
    if harmonised.shape != working.composite.shape or harmonised.dtype != np.uint8:
        raise ValueError(
            f"network: expected uint8 {working.composite.shape}, got {harmonised.dtype} {harmonised.shape}"
        )
    return foreground_pixels(working)
