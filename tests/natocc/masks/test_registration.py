from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from natocc.geometry import Image
from natocc.masks.registration import Registration, register_crop, warp_to_photo
from natocc.verdicts import NotFound
from tests.faceocc_files import UNIT, align, align_plane, astronaut, close_up, hopper, place_of

# Scale and where the crop lies: inside; out on the left and above; out below; out on all sides.
PLACES = [
    (0.62, -45.3, 3.8),
    (0.71, 30.25, 22.6),
    (0.55, -11.7, -58.4),
    (0.44, 17.9, 12.1),
    (0.9, -101.5, -20.5),
]


def found(photo: Image, crop: Image) -> Registration:
    at = register_crop(photo, crop)
    assert isinstance(at, Registration), at
    return at


def error(at: Registration, scale: float, x: float, y: float) -> float:
    """The largest distance, in pixels of the photograph, between where corners of the crop come to lie."""
    corners = np.array([[0, 0], [255, 255]])
    return float(np.abs((corners - [at.x, at.y]) / at.scale - (corners - [x, y]) / scale).max())


@pytest.mark.parametrize("picture", [astronaut, hopper])
@pytest.mark.parametrize("place", PLACES)
def test_a_crop_is_found_to_a_fraction_of_a_pixel(
    picture: Callable[[], Image], place: tuple[float, float, float]
) -> None:
    at = found(picture(), align(picture(), *place))
    assert error(at, *place) < 0.1 and at.correlation > 0.97


def test_a_crop_made_by_the_landmarks_of_a_face_is_found() -> None:
    head, points = close_up()
    place = place_of(points)
    eyes = np.linalg.norm(np.subtract(points[0], points[1])) * place[0]
    assert eyes == pytest.approx(0.62 * UNIT, rel=0.1), "apart as in the mean face"
    crop = align(head, *place)
    assert error(found(head, crop), *place) < 0.1


def spoilt(crop: Image, how: str) -> Image:
    if how == "jpeg":
        return cv2.imdecode(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)
    if how == "dim":
        return (crop * 0.7 + 20).astype(np.uint8)
    if how == "soft":
        return cv2.GaussianBlur(crop, (0, 0), 1).astype(np.uint8)
    noise = np.random.default_rng(1).normal(0, 6, crop.shape)
    return np.clip(crop + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("how", ["jpeg", "dim", "soft", "noise"])
@pytest.mark.parametrize("place", PLACES[:3])
def test_other_coding_brightness_and_blur_do_not_matter(how: str, place: tuple[float, float, float]) -> None:
    at = found(hopper(), spoilt(align(hopper(), *place), how))
    assert error(at, *place) < 0.5


@pytest.mark.parametrize("place", PLACES[:4:3])
def test_a_crop_of_another_face_is_refused(place: tuple[float, float, float]) -> None:
    for photo, other in ((astronaut(), hopper()), (hopper(), astronaut())):
        at = register_crop(photo, align(other, *place))
        assert isinstance(at, NotFound)
        assert at.expected == "a crop of its photograph, upright"
        assert "another picture: the best place correlates by" in at.got


def test_a_mirrored_turned_or_empty_crop_is_refused() -> None:
    crop = align(astronaut(), *PLACES[0])
    for other in (crop[:, ::-1].copy(), np.ascontiguousarray(np.rot90(crop)), np.full_like(crop, 90)):
        assert isinstance(register_crop(astronaut(), other), NotFound)


@pytest.mark.parametrize("size", [(1024, 1024), (300, 300)])
def test_photograph_and_crop_may_have_any_size(size: tuple[int, int]) -> None:
    scale, x, y = PLACES[0]
    photo = cv2.resize(hopper(), size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    at = found(photo, align(hopper(), scale, x, y))
    times = size[0] / 512
    assert at.scale == pytest.approx(scale / times, rel=2e-3)
    # A pixel's centre moves by half the growth when a picture is resized.
    assert at.x == pytest.approx(x - scale * (1 - 1 / times) / 2, abs=0.1)


def test_a_plane_goes_to_the_crop_and_back() -> None:
    disc = np.zeros((512, 512), np.uint8)
    cv2.circle(disc, (240, 200), 60, 255, -1)
    place = PLACES[0]
    at = found(astronaut(), align(astronaut(), *place))
    back = warp_to_photo(align_plane(disc, *place), at, (512, 512)) > 127
    assert (back != (disc > 127)).sum() < 0.1 * 2 * np.pi * 60 * 2
    assert back.shape == (512, 512)


def test_outside_the_crop_nothing_is_marked() -> None:
    at = found(hopper(), align(hopper(), *PLACES[4]))
    back = warp_to_photo(np.full((256, 256), 255, np.uint8), at, (512, 512))
    left, right = (0 - PLACES[4][1]) / 0.9, (255 - PLACES[4][1]) / 0.9
    columns = np.flatnonzero(back.any(axis=0))
    assert columns[0] == pytest.approx(left, abs=2) and columns[-1] == pytest.approx(right, abs=2)
