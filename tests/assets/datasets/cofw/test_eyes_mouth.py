"""Points to align by."""

from __future__ import annotations

from pathlib import Path

from assets.datasets.cofw.eyes_mouth import eyes_and_mouth
from assets.datasets.cofw.face import CofwFace


def test_eyes_are_the_means_of_corners_and_lids_and_pixels_count_from_0() -> None:
    landmarks = [(0.0, 0.0)] * 29
    left = {9: (30.0, 50.0), 11: (50.0, 52.0), 13: (40.0, 46.0), 14: (40.0, 56.0)}
    right = {number: (x + 40, y) for number, (x, y) in zip((10, 12, 15, 16), left.values(), strict=True)}
    for number, point in (left | right | {23: (45.0, 90.0), 24: (75.0, 91.0)}).items():
        landmarks[number - 1] = point
    face = CofwFace(
        file=Path("a.mat"),
        index=845,
        split="train",
        genuine=True,
        height=200,
        width=200,
        grey=False,
        landmarks=tuple(landmarks),
        occluded=(False,) * 29,
        box=(0.0, 0.0, 9.0, 9.0),
    )
    points = eyes_and_mouth(face)
    assert (points.left_eye, points.right_eye) == ((39.0, 50.0), (79.0, 50.0))
    assert (points.mouth_left, points.mouth_right) == ((44.0, 89.0), (74.0, 90.0))
