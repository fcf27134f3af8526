"""Colour transfer: a hand takes the colours of the face it lies on (paper section 3.2.1).

The paper moves every pixel of two rectangles, black background included (method ``sot``). The default moves a
few samples of the occluder's pixels to the face's and applies the motion to all pixels through a smooth
colour table. Its result is closer to the face's colours and independent of size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import PCG64, Generator

from natocc.colour.field import Reduced, add_field, extend_field, reduce_layer, reduction, within_range
from natocc.colour.lut import Colours, apply_table
from natocc.geometry import Image
from natocc.randomness import draw_seed
from natocc.transfer.contrast_guard import guard_contrast
from natocc.transfer.linear import linear_map
from natocc.transfer.partial import move_partially
from natocc.transfer.samples import core_colours, sample_pixels, solid_mask
from natocc.transfer.sot import sot_field, sot_transport
from natocc.transfer.table import fit_table
from natocc.transfer.transport import Transport, draw_bases, draw_directions, move_by_bases, move_by_batches

Method = Literal["table", "sot", "partial", "linear"]

_SAMPLES, _BASES = 1024, 6
# The guard excludes the thirteenth of the face's colours that is farthest from its skin.
_CORE_SAMPLES = 1110
# Partial transport leaves every fifth colour of the face unused.
_FACE_SAMPLES, _SLICES = 1280, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """``strength`` 0 leaves the occluder as it is, 1 gives it the face's colours in full.

    Methods: ``table``, sliced transport of samples and a colour table; ``sot``, the paper's; ``partial``,
    sliced partial transport; ``linear``, the Monge-Kantorovich map. ``guard`` keeps local contrast, and
    with ``table`` leaves the face's eyes, brows, lips and teeth out of its colours. ``algorithm_1``: with
    ``sot``, the face's colours are prepared by the paper's Algorithm 1.
    """

    strength: float
    seed: int  # seed of the sample positions and directions
    method: Method = "table"
    guard: bool = True
    algorithm_1: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Colours after their move: the sources of ``transport`` in their order."""

    transport: Transport
    colours: Colours


def draw_transfer(
    rng: Generator,
    strength: float,
    method: Method = "table",
    guard: bool = True,
    algorithm_1: bool = True,
) -> Transfer:
    """Draw the transfer. The draws do not depend on the method."""
    seed = draw_seed(rng)
    return Transfer(strength=strength, seed=seed, method=method, guard=guard, algorithm_1=algorithm_1)


def prepare_transport(
    occluder: Image, occluder_mask: Image, face: Image, face_mask: Image, params: Transfer
) -> Transport:
    """What ``sot`` has to move, with the arguments of ``transfer_colours``. Raises ValueError as it does."""
    rng = Generator(PCG64(params.seed))
    masks = solid_mask(occluder_mask), solid_mask(face_mask)
    return sot_transport(occluder, masks[0], face, masks[1], rng, algorithm_1=params.algorithm_1)


def transfer_colours(
    occluder: Image,
    occluder_mask: Image,
    face: Image,
    face_mask: Image,
    params: Transfer,
    moved: Moved | None = None,
) -> Image:
    """The occluder (RGB uint8) with the colours of the face.

    Only pixels at which the masks (uint8 HxW) exceed 127 contribute colours. ``moved`` is the result of
    ``prepare_transport`` where ``sot`` moved its colours elsewhere; None: they are moved here. Raises
    ValueError if a mask has no such pixel, ModuleNotFoundError if ``linear`` lacks POT.
    """
    rng = Generator(PCG64(params.seed))
    if params.method == "sot":
        if moved is None:
            transport = prepare_transport(occluder, occluder_mask, face, face_mask, params)
            moved = Moved(transport=transport, colours=move_by_batches(transport))
        reduced, field = _by_sot(occluder, occluder_mask, moved)
    elif params.method == "table":
        reduced, field = _by_table(occluder, occluder_mask, face, face_mask, rng, core=params.guard)
    else:
        reduced, field = _OTHERS[params.method](occluder, occluder_mask, face, face_mask, rng)
    field *= np.float32(params.strength)
    if params.guard:
        field = guard_contrast(reduced.rgb, reduced.share, field)
    if reduced.factor > 1:
        field = extend_field(field, reduced.share)
    return add_field(occluder, field, reduced.factor)


# Each method gives the motion of every pixel at full strength, at full or reduced size.


def _by_table(
    occluder: Image, occluder_mask: Image, face: Image, face_mask: Image, rng: Generator, *, core: bool
) -> tuple[Reduced, Colours]:
    source = sample_pixels(occluder, occluder_mask, rng, _SAMPLES)
    target = sample_pixels(face, face_mask, rng, _CORE_SAMPLES if core else _SAMPLES)
    if core:
        target = core_colours(target, _SAMPLES)
    moved = move_by_bases(source, target, draw_bases(rng, _BASES))
    return _through_table(occluder, occluder_mask, source, moved)


def _by_partial_transport(
    occluder: Image, occluder_mask: Image, face: Image, face_mask: Image, rng: Generator
) -> tuple[Reduced, Colours]:
    source = sample_pixels(occluder, occluder_mask, rng, _SAMPLES)
    target = sample_pixels(face, face_mask, rng, _FACE_SAMPLES)
    moved = move_partially(source, target, draw_directions(rng, _SLICES))
    return _through_table(occluder, occluder_mask, source, moved)


def _through_table(
    occluder: Image, occluder_mask: Image, source: Colours, moved: Colours
) -> tuple[Reduced, Colours]:
    reduced = reduce_layer(occluder, solid_mask(occluder_mask), reduction(occluder_mask.shape))
    mapped = apply_table(reduced.rgb, fit_table(source, moved - source))
    return reduced, np.asarray(cv2.subtract(mapped, reduced.rgb, dtype=cv2.CV_32F), dtype=np.float32)


def _by_sot(occluder: Image, occluder_mask: Image, moved: Moved) -> tuple[Reduced, Colours]:
    solid = solid_mask(occluder_mask)
    field = sot_field(moved.transport, moved.colours, solid)
    return Reduced(1, occluder, solid), within_range(occluder, field)


def _by_linear_map(
    occluder: Image, occluder_mask: Image, face: Image, face_mask: Image, rng: Generator
) -> tuple[Reduced, Colours]:
    solid = solid_mask(occluder_mask)
    matrix, offset = linear_map(occluder, solid, face, solid_mask(face_mask))
    colours = occluder.astype(np.float32)
    moved = cv2.transform(colours, np.column_stack([matrix.T, offset]))
    field = np.asarray(cv2.subtract(moved, colours), dtype=np.float32)
    return Reduced(1, occluder, solid), within_range(occluder, field)


_OTHERS = {
    "partial": _by_partial_transport,
    "linear": _by_linear_map,
}
