"""The occluder's placement on the face (paper section 3.2; rows 5 to 8 of docs/fidelity.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from natocc.geometry import Box, Matrix, rotation, scaling, shearing, translation
from natocc.kinds import Target
from natocc.placement.targets import Landmark, aim
from natocc.profiles import Profile
from natocc.randomness import draw_range

# Distance from the centre of an occluder that turns to the face to its aimed point, over its height.
_REACH = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One affine map from the occluder to the face image, as drawn numbers."""

    centre: tuple[float, float]  # pixels of the face image
    scale: tuple[float, float]  # linear, x and y, augmentation included
    angle: float  # degrees, counter-clockwise, of the augmentation
    shear: tuple[float, float]  # degrees
    facing: float  # degrees, counter-clockwise: turns the base to the face's centre
    tries: int = 1
    target: Target = "face"  # the aim of the centre; "face" is anywhere in its box


def facing_angle(centre: tuple[float, float], face_centre: tuple[float, float]) -> float:
    """The rotation (degrees, counter-clockwise) that turns the occluder's lower edge to the face's centre.

    Zero if the two centres coincide.
    """
    dx, dy = face_centre[0] - centre[0], face_centre[1] - centre[1]
    if dx == 0 and dy == 0:
        return 0.0
    return math.degrees(math.atan2(dx, dy))


def draw_placement(
    face_box: Box,
    occluder_size: tuple[int, int],
    profile: Profile,
    *,
    facing: bool,
    rng: Generator,
    target: Target = "face",
    landmarks: Mapping[str, Landmark] | None = None,
) -> Placement:
    """Draw size, affine augmentation and position.

    ``occluder_size`` is (height, width) of its bounding box. A ``target`` other than ``face`` needs its
    landmarks (KeyError). The occluder's centre is aimed at it. For an occluder that turns to the face, the
    middle of its lower half is aimed instead: the fingers of a hand.
    """
    height, width = occluder_size
    area = face_box.width * face_box.height / (width * height)
    factor = math.sqrt(area * draw_range(rng, profile.size_ratio))
    scale = 1.0, 1.0
    angle, shear = 0.0, (0.0, 0.0)
    if rng.random() < profile.affine_probability:
        scale = draw_scales(profile, rng)
        angle = draw_range(rng, profile.affine_rotation)
        shear = draw_range(rng, profile.affine_shear), draw_range(rng, profile.affine_shear)
        if profile.affine_anisotropy is not None:
            scale, shear = limit_anisotropy(scale, shear, profile.affine_anisotropy)
    centre = aim(target, landmarks or {}, face_box, rng)
    middle = (face_box.x0 + face_box.x1) / 2, (face_box.y0 + face_box.y1) / 2
    if facing and target != "face":
        centre = _draw_back(centre, middle, _REACH * height * factor * scale[1])
    return Placement(
        centre=centre,
        scale=(factor * scale[0], factor * scale[1]),
        angle=angle,
        shear=shear,
        facing=facing_angle(centre, middle) if facing else 0.0,
        target=target,
    )


def _draw_back(point: Landmark, middle: Landmark, distance: float) -> Landmark:
    """The point moved straight away from the middle; downwards if the two coincide."""
    dx, dy = point[0] - middle[0], point[1] - middle[1]
    length = math.hypot(dx, dy)
    if length == 0:
        return point[0], point[1] + distance
    return point[0] + dx / length * distance, point[1] + dy / length * distance


def draw_scales(profile: Profile, rng: Generator) -> tuple[float, float]:
    """Scales in x and y, drawn independently, or together with a bounded aspect."""
    if profile.affine_aspect is None:
        return draw_range(rng, profile.affine_scale), draw_range(rng, profile.affine_scale)
    scale = draw_range(rng, profile.affine_scale)
    low, high = np.log(profile.affine_aspect)
    aspect = math.exp(draw_range(rng, (float(low), float(high))))
    return scale * math.sqrt(aspect), scale / math.sqrt(aspect)


def anisotropy(scale: tuple[float, float], shear: tuple[float, float]) -> float:
    """Greatest stretch over least of a scale followed by a shear (degrees): 1 keeps every angle."""
    (a, b), (c, d) = (
        (scale[0], math.tan(math.radians(shear[0])) * scale[1]),
        (math.tan(math.radians(shear[1])) * scale[0], scale[1]),
    )
    # The singular values of a 2x2 matrix are the sum and the difference of these.
    round_, long = math.hypot(a + d, c - b), math.hypot(a - d, c + b)
    return (round_ + long) / max(abs(round_ - long), 1e-9)


def limit_anisotropy(
    scale: tuple[float, float], shear: tuple[float, float], most: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Weaken aspect and shear equally until the anisotropy is at most ``most``; the size stays."""
    mean, aspect = math.sqrt(scale[0] * scale[1]), math.sqrt(scale[0] / scale[1])
    strength = 1.0
    while (found := anisotropy(scale, shear)) > most:
        part = 0.999 * math.log(most) / math.log(found)
        strength *= part
        scale = mean * aspect**strength, mean / aspect**strength
        shear = shear[0] * part, shear[1] * part
    return scale, shear


def placement_matrix(placement: Placement, occluder_size: tuple[int, int]) -> Matrix:
    """3x3 map from the occluder's pixels to the canvas.

    Order, innermost first: scale, shear, rotation of the augmentation, turn to the face, position.
    """
    height, width = occluder_size
    return (
        translation(*placement.centre)
        @ rotation(placement.facing + placement.angle)
        @ shearing(*placement.shear)
        @ scaling(*placement.scale)
        @ translation(-(width - 1) / 2, -(height - 1) / 2)
    )
