"""Parts of the face at which an occluder may be aimed, found by landmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping

from numpy.random import Generator

from natocc.geometry import Box
from natocc.kinds import Target

Landmark = tuple[float, float]

# Radius of the disc for a centre, over the square root of the area of the face's box.
SCATTER = 0.12
_NEEDED: dict[Target, tuple[str, ...]] = {
    "face": (),
    "cheek": ("left_eye", "right_eye", "mouth_left", "mouth_right"),
    "mouth": ("mouth_left", "mouth_right"),
    "eyes": ("left_eye", "right_eye"),
    "forehead": ("left_eye", "right_eye", "mouth_left", "mouth_right"),
    "chin": ("chin",),
}


def choose_target(
    weights: tuple[tuple[Target, float], ...], landmarks: Mapping[str, Landmark], rng: Generator
) -> Target:
    """Draw a target by its weight; ``face`` if the face lacks the target's landmarks."""
    position = float(rng.random()) * sum(weight for _, weight in weights)
    chosen = weights[-1][0]
    for name, weight in weights:
        position -= weight
        if position < 0:
            chosen = name
            break
    return aimed_at(chosen, landmarks)


def aimed_at(target: Target, landmarks: Mapping[str, Landmark]) -> Target:
    """The target, or ``face`` if the face lacks the target's landmarks."""
    return target if all(name in landmarks for name in _NEEDED[target]) else "face"


def aim(target: Target, landmarks: Mapping[str, Landmark], face_box: Box, rng: Generator) -> Landmark:
    """A centre for the occluder, in pixels of the face image.

    ``face``: uniform in the face's box, the published rule. Otherwise uniform in a disc around the part.
    Raises KeyError for a missing landmark.
    """
    if target == "face":
        x, y = float(rng.random()), float(rng.random())
        return face_box.x0 + x * face_box.width, face_box.y0 + y * face_box.height
    x, y = _part(target, landmarks, rng)
    radius = SCATTER * math.sqrt(face_box.width * face_box.height * float(rng.random()))
    turn = 2 * math.pi * float(rng.random())
    return x + radius * math.cos(turn), y + radius * math.sin(turn)


def _part(target: Target, landmarks: Mapping[str, Landmark], rng: Generator) -> Landmark:
    """The middle of the part. For a cheek or eye, left and right are equally likely."""
    if target == "chin":
        return landmarks["chin"]
    if target == "mouth":
        return _between(landmarks["mouth_left"], landmarks["mouth_right"], 0.5)
    if target == "eyes":
        return landmarks["left_eye" if rng.random() < 0.5 else "right_eye"]
    eyes = _between(landmarks["left_eye"], landmarks["right_eye"], 0.5)
    mouth = _between(landmarks["mouth_left"], landmarks["mouth_right"], 0.5)
    if target == "forehead":
        # As far above the eyes as the nose's tip is below them.
        return _between(eyes, mouth, -0.6)
    left = rng.random() < 0.5
    eye, corner = (
        landmarks["left_eye" if left else "right_eye"],
        landmarks["mouth_left" if left else "mouth_right"],
    )
    # A cheek lies half-way from the eye to the corner of the mouth, a little outside both.
    return _between(_between(eyes, mouth, 0.6), _between(eye, corner, 0.6), 1.2)


def _between(start: Landmark, end: Landmark, share: float) -> Landmark:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
