"""Draw placements until one fits, judged on a small matte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator

from natocc.face import Face
from natocc.geometry import Box, Float64Array, Image, Matrix, covered_box, resizing, transform_points
from natocc.kinds import kind_named
from natocc.occluders.occluder import Occluder
from natocc.occluders.shapes import Shape, curve_size, draw_matte, points_box, shape_curve
from natocc.placement.affine import Placement, draw_placement, placement_matrix
from natocc.placement.targets import aimed_at, choose_target
from natocc.placement.wrist import wrist_cut, wrist_hidden
from natocc.profiles import Profile
from natocc.resize.scale import scaled_size

# Long side of the small matte.
_PREVIEW = 128
# A small matte uses one in this many of a curve's points.
_EVERY = 4
# A small matte is accurate to about one per cent of the face, a cut to one pixel. These margins cover both.
_MARGIN, _WRIST_MARGIN = 0.01, 1.0

# Takes the matrix onto the small canvas; returns a box of that canvas and the matte in it.
Draw = Callable[[Matrix, tuple[int, int]], tuple[Box, Image]]


def choose_placement(
    face: Face, occluder: Occluder, shape: Shape | None, kind: str, profile: Profile, rng: Generator
) -> Placement:
    """Draw placements until one fits, at most ``placement_tries`` times; otherwise the last is returned.

    A placement fits if it hides an allowed share of the face and shows no cut through a wrist. The gates at
    full size reject a sample whose placement does not fit. The target is the same in all tries: one of the
    profile's, or that of the kind.
    """
    curve = None if shape is None else shape_curve(shape)
    size = occluder.size if curve is None else curve_size(curve)
    row = kind_named(kind)
    target = aimed_at(row.target, face.landmarks)
    if profile.targets:
        target = choose_target(profile.targets, face.landmarks, rng)
    fits = _judge(face, occluder, curve, profile) if profile.placement_tries > 1 else None
    cut = wrist_cut(occluder) if judges_wrist(kind, profile) else None
    tries = 0
    while tries < profile.placement_tries:
        tries += 1
        placement = draw_placement(
            face.box,
            size,
            profile,
            facing=row.faces_centre or kind in profile.facing,
            rng=rng,
            target=target,
            landmarks=face.landmarks,
        )
        if fits is None:
            break
        matrix = placement_matrix(placement, size)
        if cut is not None and not wrist_hidden(cut, matrix, face.size, _WRIST_MARGIN):
            continue
        if fits(matrix):
            break
    return replace(placement, tries=tries)


def judges_wrist(kind: str, profile: Profile) -> bool:
    """Return whether a visible cut through the wrist rejects a sample. It does if placements are retried."""
    return kind_named(kind).wrist and profile.placement_tries > 1


def shows_wrist(hand: Occluder, placement: Placement, canvas: tuple[int, int]) -> bool:
    """Return whether any part of the cut through the wrist is visible on a picture of (height, width).

    The cut is judged where the hand was drawn, before a final affine change of the whole picture.
    """
    return not wrist_hidden(wrist_cut(hand), placement_matrix(placement, hand.size), canvas)


def _judge(
    face: Face,
    occluder: Occluder,
    curve: Float64Array | None,
    profile: Profile,
) -> Callable[[Matrix], bool]:
    """A test that a matrix hides an allowed share of the face, with a margin for the small matte."""
    scale = min(1.0, _PREVIEW / max(face.size))
    canvas = scaled_size(face.size, scale)
    mask = cv2.resize(face.mask, canvas[::-1], interpolation=cv2.INTER_NEAREST)
    to_small = resizing(canvas[1] / face.size[1], canvas[0] / face.size[0])
    area = max(1, cv2.countNonZero(mask))
    low, high = profile.hidden_ratio
    margin = min(_MARGIN, (high - low) / 4)
    draw = _cut_out_drawer(occluder) if curve is None else _shape_drawer(curve)

    def fits(matrix: Matrix) -> bool:
        box, matte = draw(to_small @ matrix, canvas)
        if box.empty:
            return low + margin <= 0
        solid = cv2.threshold(matte, 127, 1, cv2.THRESH_BINARY)[1]
        hidden = cv2.countNonZero(cv2.bitwise_and(mask[box.slices], solid)) / area
        return low + margin <= hidden <= high - margin

    return fits


def _cut_out_drawer(occluder: Occluder) -> Draw:
    """A drawer that uses the matte's first size no finer than the small canvas needs."""
    if occluder.alpha is None:
        raise ValueError("choose_placement: expected a cut-out with a matte, got a texture without a shape")
    small = next((matte for matte in occluder.alpha if max(matte.shape) <= 2 * _PREVIEW), occluder.alpha[-1])
    small = np.ascontiguousarray(small)
    height, width = occluder.size
    from_small = resizing(width / small.shape[1], height / small.shape[0])

    def draw(matrix: Matrix, canvas: tuple[int, int]) -> tuple[Box, Image]:
        box = covered_box(occluder.size, matrix, canvas)
        if box.empty:
            return box, np.zeros((0, 0), np.uint8)
        onto = (matrix @ from_small)[:2]
        onto[:, 2] -= box.x0, box.y0
        return box, cast(Image, cv2.warpAffine(small, onto, (box.width, box.height)))

    return draw


def _shape_drawer(curve: Float64Array) -> Draw:
    few = (curve - curve.min(0))[::_EVERY]

    def draw(matrix: Matrix, canvas: tuple[int, int]) -> tuple[Box, Image]:
        polygon = transform_points(few, matrix)
        box = points_box(polygon, canvas)
        return box, draw_matte(polygon - (box.x0, box.y0), (box.height, box.width))

    return draw
