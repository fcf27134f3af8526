"""Choosing where the occluder lies: placements are drawn until one fits, judged on a small matte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator

from natocc.face import Face, preview_mask
from natocc.geometry import Image, Matrix, resizing, transform_points
from natocc.occluder import Occluder, place
from natocc.placement import Placement, draw_placement, placement_matrix
from natocc.profiles import Kind, Profile
from natocc.shapes import Shape, curve_size, fill_shape, outline


def choose_placement(
    face: Face, occluder: Occluder, shape: Shape | None, kind: Kind, profile: Profile, rng: Generator
) -> Placement:
    """Draw placements until one hides an allowed share of the face, at most ``placement_tries`` times.

    Judged on a small matte; the last try stands where none fits, and the gate speaks at full size.
    """
    draw_matte, size = matte_drawer(occluder, shape)
    mask, scale = preview_mask(face)
    area = max(1, cv2.countNonZero(mask))
    low, high = profile.hidden_ratio
    # The small matte is right to about one per cent; keep clear of the gate by as much.
    margin = min(0.01, (high - low) / 4)
    tries = 0
    while tries < profile.placement_tries:
        tries += 1
        placement = draw_placement(face.box, size, profile, facing=kind in profile.facing, rng=rng)
        if profile.placement_tries == 1:
            break
        matrix = placement_matrix(placement, size)
        if kind == "hand" and not wrist_leaves(occluder, matrix, face.size):
            continue
        matte = draw_matte(resizing(scale, scale) @ matrix, mask)
        hidden = cv2.countNonZero(mask & (matte > 127)) / area
        if low + margin <= hidden <= high - margin:
            break
    return replace(placement, tries=tries)


def matte_drawer(
    occluder: Occluder, shape: Shape | None
) -> tuple[Callable[[Matrix, Image], Image], tuple[int, int]]:
    """A function that draws the occluder's matte on a canvas like the given mask; the occluder's size."""
    curve = outline(shape) if shape else None
    size = occluder.size if curve is None else curve_size(curve)

    def draw(matrix: Matrix, mask: Image) -> Image:
        canvas = mask.shape[0], mask.shape[1]
        layer = (
            place(occluder, matrix, canvas) if curve is None else fill_shape(curve, occluder, matrix, canvas)
        )
        matte = np.zeros(canvas, np.uint8)
        matte[layer.box.slices] = layer.matte
        return matte

    return draw, size


def wrist_leaves(hand: Occluder, matrix: Matrix, canvas: tuple[int, int]) -> bool:
    """Whether the whole cut through the wrist, at the upper edge of the cut-out, lies outside the picture."""
    if hand.alpha is None:
        return True
    top = hand.alpha[0][: max(1, hand.size[0] // 25)].max(axis=0)
    columns = np.flatnonzero(top > 127)
    if columns.size == 0:
        return True
    points = transform_points(np.array([[float(x), 0.0] for x in columns[[0, -1]]]), matrix)
    inside = (points >= 0).all(axis=1) & (points < (canvas[1], canvas[0])).all(axis=1)
    return not bool(inside.any())
