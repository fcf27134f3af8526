"""The crop of FFHQ."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from assets.demo.catalogue import DemoFace, load_catalogue
from natocc.geometry import Matrix, rotation, transform_points, translation
from natocc.resize.face_crop import (
    FacePoints,
    beyond_photograph,
    crop_mask,
    crop_matrix,
    crop_picture,
    points_of_68,
)
from tests.raw_trees import portrait

# Eyes 20 apart, the mouth 30 below: half a side is max(2 · 20, 1.8 · 30) = 54, the centre (50, 50 + 3).
UPRIGHT = FacePoints(
    left_eye=(40.0, 50.0), right_eye=(60.0, 50.0), mouth_left=(42.0, 80.0), mouth_right=(58.0, 80.0)
)


def through(points: FacePoints, matrix: Matrix) -> FacePoints:
    """The same points in another frame."""
    given = [points.left_eye, points.right_eye, points.mouth_left, points.mouth_right]
    left, right, first, second = map(tuple, transform_points(np.array(given), matrix).tolist())
    return FacePoints(left_eye=left, right_eye=right, mouth_left=first, mouth_right=second)


def test_an_upright_face_by_hand() -> None:
    # The square reaches from (-4, -1) to (104, 107); its corner is that of the crop's first pixel.
    assert crop_matrix(UPRIGHT, 108) == pytest.approx(translation(3.5, 0.5), abs=1e-9)
    assert crop_matrix(UPRIGHT, 216)[:2] == pytest.approx(np.array([[2, 0, 7.5], [0, 2, 1.5]]), abs=1e-9)


def test_wide_eyes_decide_the_size() -> None:
    # 2 · 40 is more than 1.8 · 30, so a side is 160; the centre is (60, 53).
    wide = FacePoints(
        left_eye=(40.0, 50.0), right_eye=(80.0, 50.0), mouth_left=(55, 80), mouth_right=(65, 80)
    )
    assert crop_matrix(wide, 160) == pytest.approx(translation(19.5, 26.5), abs=1e-9)


@pytest.mark.parametrize("degrees", [-120.0, -20.0, 35.0, 180.0])
def test_a_turned_face_has_the_same_crop(degrees: float) -> None:
    turn = translation(30, -7) @ rotation(degrees)
    assert crop_matrix(through(UPRIGHT, turn), 108) @ turn == pytest.approx(
        crop_matrix(UPRIGHT, 108), abs=1e-9
    )


def demo_points(face: DemoFace) -> FacePoints:
    return FacePoints(
        left_eye=face.landmarks["left_eye"],
        right_eye=face.landmarks["right_eye"],
        mouth_left=face.landmarks["mouth_left"],
        mouth_right=face.landmarks["mouth_right"],
    )


def test_the_rule_finds_the_crops_of_the_demo_photographs() -> None:
    """Their alignment was made elsewhere, by landmarks of a face mesh, which stray on the occluded faces."""
    corners = np.array([[0, 0], [1023, 0], [0, 1023], [1023, 1023]], np.float64)
    off = []
    for face in load_catalogue().faces:
        given = np.vstack([np.array(face.align), [0, 0, 1]])
        source = through(demo_points(face), np.linalg.inv(given))
        places = transform_points(corners, np.linalg.inv(given))
        off.append(np.abs(transform_points(places, crop_matrix(source, 1024)) - corners).max())
    assert len(off) == 49 and np.median(off) < 4 and max(off) < 35


def test_68_landmarks_give_the_same_points() -> None:
    points = np.zeros((68, 2))
    points[36:42] = np.array([[37, 50], [39, 48], [41, 48], [43, 50], [41, 52], [39, 52]])
    points[42:48] = points[36:42] + np.array([20, 0])
    points[48], points[54] = UPRIGHT.mouth_left, UPRIGHT.mouth_right
    assert points_of_68(points) == UPRIGHT
    with pytest.raises(ValueError, match=r"expected 68 positions, got an array of \(5, 2\)"):
        points_of_68(points[:5])


def test_points_in_one_place_are_refused() -> None:
    one = FacePoints(left_eye=(4, 4), right_eye=(4, 4), mouth_left=(4, 4), mouth_right=(4, 4))
    with pytest.raises(ValueError, match="expected eyes above a mouth"):
        crop_matrix(one, 64)


def test_a_crop_within_the_photograph_is_the_photograph() -> None:
    photograph = portrait(128, 128)
    matrix = translation(-20.0, -10.0)
    assert np.array_equal(crop_picture(photograph, matrix, 64), photograph[10:74, 20:84])
    mask = np.zeros((128, 128), np.uint8)
    mask[30:50, 40:60] = 1
    assert np.array_equal(crop_mask(mask, matrix, 64), mask[10:74, 20:84])


@pytest.mark.parametrize("factor", [2, 8])
def test_a_large_photograph_is_averaged_not_sampled(factor: int) -> None:
    """Every other pixel is white: the crop is grey, without a pattern."""
    side = 32 * factor
    board = (np.indices((side, side)).sum(axis=0) % 2 * 255).astype(np.uint8)
    matrix = np.diag([1 / factor, 1 / factor, 1.0])
    matrix[:2, 2] = (1 / factor - 1) / 2
    crop = crop_picture(np.repeat(board[..., None], 3, axis=2), matrix, 32)
    assert np.ptp(crop) < 8 and abs(float(crop.mean()) - 127.5) < 2


def test_beyond_the_photograph_the_reflection_fades_and_the_mask_is_empty() -> None:
    photograph = portrait(64, 64)
    matrix = translation(64.0, 64.0)
    crop = crop_picture(photograph, matrix, 192)
    inside = crop[64:128, 64:128]
    assert np.array_equal(inside[28:36, 28:36], photograph[28:36, 28:36])
    detail = cv2.Laplacian(crop[..., 1], cv2.CV_32F)
    assert np.abs(detail[:40]).mean() < 0.1 * np.abs(detail[64:128, 64:128]).mean()
    beyond = beyond_photograph(matrix, (64, 64), 192)
    assert not beyond[64:128, 64:128].any() and beyond.sum() == 192 * 192 - 64 * 64
    assert crop_mask(np.ones((64, 64), np.uint8), matrix, 192).sum() == 64 * 64
