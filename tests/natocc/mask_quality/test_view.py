from __future__ import annotations

import cv2
import numpy as np
import pytest

from natocc.geometry import Box, Image
from natocc.mask_quality.view import reduce_face, reduce_part


def grey(height: int, width: int, level: int = 128) -> Image:
    return np.full((height, width, 3), level, np.uint8)


def plane(height: int, width: int, box: Box) -> Image:
    mask = np.zeros((height, width), np.uint8)
    mask[box.slices] = 255
    return mask


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((512, 512), Box(100, 60, 380, 460)),
        ((100, 120), Box(30, 20, 80, 90)),
        ((60, 50), Box(10, 10, 30, 50)),
    ],
)
def test_the_masks_long_side_becomes_80_pixels_with_a_margin(size: tuple[int, int], box: Box) -> None:
    view = reduce_face(grey(*size), {}, plane(*size, box))
    assert view.scale == 80 / max(box.width, box.height)
    rows, columns = (np.flatnonzero(view.mask.any(axis=axis)) for axis in (1, 0))
    assert max(len(rows), len(columns)) == pytest.approx(80, abs=1)
    assert rows[0] == pytest.approx(min(8, box.y0 * view.scale), abs=1)
    assert view.lab.shape == (*view.mask.shape, 3) and view.lab.dtype == np.float32
    assert view.mask.shape == view.features.shape == view.nose.shape == view.other.shape


def test_colours_are_lab() -> None:
    view = reduce_face(grey(200, 200, 255), {}, plane(200, 200, Box(50, 50, 150, 150)))
    np.testing.assert_allclose(view.lab[10, 10], (100, 0, 0), atol=0.01)


def test_parts_are_in_the_views_frame() -> None:
    mask = plane(400, 400, Box(100, 100, 300, 300))
    eye, hair = plane(400, 400, Box(140, 160, 170, 180)), plane(400, 400, Box(100, 80, 300, 120))
    view = reduce_face(grey(400, 400), {"l_eye": eye, "hair": hair, "nose": eye}, mask)
    small = reduce_part(eye, view)
    assert small.dtype == np.uint8 and set(np.unique(small)) == {0, 1}
    x, y, width, height = cv2.boundingRect(small)
    expected = (np.array([140, 160]) - (view.box.x0, view.box.y0)) * view.scale
    np.testing.assert_allclose((x, y), expected, atol=1)
    np.testing.assert_allclose((width, height), (30 * view.scale, 20 * view.scale), atol=1)
    assert np.array_equal(view.other, reduce_part(hair, view) > 0)
    # Features have a rim of two pixels, the nose one of three.
    assert np.array_equal(view.features, cv2.dilate(small, np.ones((5, 5), np.uint8)) > 0)
    assert np.array_equal(view.nose, cv2.dilate(small, np.ones((7, 7), np.uint8)) > 0)


def test_without_annotated_features_their_usual_places_are_left_out() -> None:
    view = reduce_face(grey(400, 400), {}, plane(400, 400, Box(100, 100, 300, 300)))
    rows = np.flatnonzero((view.features & view.mask).any(axis=1)) - np.flatnonzero(view.mask.any(axis=1))[0]
    # Eyes with brows over 0.28 to 0.52 of the height, mouth over 0.68 to 0.88, with a rim of two pixels.
    assert (rows[0], rows[-1]) == pytest.approx((0.28 * 80 - 2, 0.88 * 80 + 1), abs=1)
    gap = np.flatnonzero(np.diff(rows) > 1)
    assert len(gap) == 1 and rows[gap[0] + 1] - rows[gap[0]] == pytest.approx(0.16 * 80 - 3, abs=1)
    assert not view.nose.any() and not view.other.any()
