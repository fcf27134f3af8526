from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from skimage.measure import find_contours

from natocc.geometry import Image
from natocc.masks.polygons import TOLERANCE, Polygon, trace_polygons
from natocc.masks.rasterise import fill_polygon


def blobs(seed: int, height: int, width: int, coarse: float, share: float) -> Image:
    """Random pieces with holes and islands in them, some cut off by the border."""
    noise = np.random.default_rng(seed).normal(size=(height, width))
    smooth = cv2.GaussianBlur(noise, (0, 0), coarse)
    return np.where(smooth > np.quantile(smooth, 1 - share), 255, 0).astype(np.uint8)


def paint(polygons: tuple[Polygon, ...], size: tuple[int, int]) -> Image:
    mask = np.zeros(size, np.uint8)
    for polygon in polygons:
        mask[fill_polygon(polygon.corners, size) > 0] = 0 if polygon.hole else 255
    return mask


def line_of(mask: Image) -> np.ndarray:
    """Points of the true edge, a tenth of a pixel apart, (x, y)."""
    lines = find_contours(np.pad(mask > 0, 1).astype(float), 0.5)
    return np.concatenate([along(line[:, ::-1] - 0.5) for line in lines])


def along(ring: np.ndarray) -> np.ndarray:
    closed = np.concatenate((ring, ring[:1]))
    pieces = [
        np.linspace(start, end, max(2, round(float(np.hypot(*(end - start))) * 10)))
        for start, end in pairwise(closed)
    ]
    return np.concatenate(pieces)


masks = st.builds(
    blobs,
    st.integers(0, 2**32 - 1),
    st.integers(3, 70),
    st.integers(3, 70),
    st.sampled_from([0.6, 1.0, 2.0, 4.0]),
    st.floats(0.05, 0.95),
)


@settings(max_examples=60, deadline=None)
@given(masks)
def test_polygons_stay_within_half_a_pixel_of_the_edge(mask: Image) -> None:
    polygons = trace_polygons(mask)
    edge = line_of(mask)
    drawn = np.concatenate([along(polygon.corners) for polygon in polygons])
    far = cKDTree(drawn).query(edge)[0].max(), cKDTree(edge).query(drawn)[0].max()
    assert max(far) < 0.5
    rows, columns = np.nonzero(paint(polygons, mask.shape) != mask)
    centres = np.stack((columns, rows), axis=1) + 0.5
    if len(centres):
        assert cKDTree(edge).query(centres)[0].max() < 0.5, "other pixels along the edge alone"


@settings(max_examples=40, deadline=None)
@given(masks)
def test_unsimplified_polygons_give_the_mask_itself(mask: Image) -> None:
    assert np.array_equal(paint(trace_polygons(mask, 0.0), mask.shape), mask)


def test_holes_islands_and_lone_pixels_survive() -> None:
    mask = np.zeros((40, 50), np.uint8)
    mask[5:30, 5:40] = 255
    mask[10:20, 10:20] = 0
    mask[14:16, 14:16] = 255
    mask[0:3, 0:3] = 255
    mask[35, 45] = 255
    polygons = trace_polygons(mask)
    assert [polygon.hole for polygon in polygons] == [False, True, False, False, False]
    assert np.array_equal(paint(polygons, mask.shape), mask)


def test_the_polygon_of_a_smooth_mask_has_few_corners() -> None:
    disc = np.zeros((512, 512), np.uint8)
    cv2.ellipse(disc, (256, 256), (150, 190), 0, 0, 360, 255, -1)
    (polygon,) = trace_polygons(disc)
    assert 20 < len(polygon.corners) < 160
    assert np.count_nonzero(paint((polygon,), disc.shape) != disc) < 0.004 * np.count_nonzero(disc)


def test_an_empty_mask_has_no_polygon() -> None:
    assert trace_polygons(np.zeros((8, 8), np.uint8)) == ()


def test_the_tolerance_keeps_lone_pixels() -> None:
    assert TOLERANCE < 0.5
