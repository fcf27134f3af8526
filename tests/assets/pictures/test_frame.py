from __future__ import annotations

import numpy as np
import pytest

from assets.pictures.frame import frame_of, in_other_frame, mask_upright
from assets.pictures.photograph import Picture
from assets.problems import BadInput
from assets.records import Frame

WHERE = "mine/a.jpg"


def photograph(height: int, width: int, orientation: int) -> Picture:
    """A photograph of this upright size."""
    rgb = np.zeros((height, width, 3), np.uint8)
    return Picture(rgb=rgb, notes=(), data=b"", plain_jpeg=False, orientation=orientation)


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
@pytest.mark.parametrize("stated", [None, "stored", "upright"])
def test_sizes_decide_where_the_turn_exchanges_the_sides(orientation: int, stated: Frame | None) -> None:
    picture = photograph(400, 300, orientation)
    assert picture.stored_size == (300, 400)
    assert frame_of((300, 400), picture, stated, WHERE) == "stored"
    assert frame_of((400, 300), picture, stated, WHERE) == "upright"
    assert frame_of((150, 200), picture, stated, WHERE) == "stored"


@pytest.mark.parametrize(
    ("orientation", "turn"), [(2, "mirrored"), (3, "turned by 180°"), (4, "mirrored upside down")]
)
def test_where_both_fit_the_user_decides(orientation: int, turn: str) -> None:
    picture = photograph(400, 300, orientation)
    for stated in ("stored", "upright"):
        assert frame_of((400, 300), picture, stated, WHERE) == stated  # type: ignore[arg-type]
    with pytest.raises(BadInput) as caught:
        frame_of((400, 300), picture, None, WHERE)
    assert str(caught.value) == (
        "mine/a.jpg: expected a photograph without EXIF rotation, or a word on which pixels its masks and "
        "outlines lie: frame (stored or upright) in natocc.csv, or --frame, "
        f"got EXIF orientation {orientation} ({turn}), and a size that fits both"
    )


def test_square_photographs_are_in_doubt_at_every_turn() -> None:
    with pytest.raises(BadInput, match=r"orientation 6 \(turned by 90°\)"):
        frame_of((64, 64), photograph(128, 128, 6), None, WHERE)


def test_photographs_without_a_turn_are_never_in_doubt() -> None:
    picture = photograph(400, 300, 1)
    for size in ((400, 300), (300, 400), (7, 9)):
        assert frame_of(size, picture, "stored", WHERE) == "upright"


def test_exact_sizes_are_not_aspects() -> None:
    picture = photograph(400, 300, 6)
    assert frame_of((150, 200), picture, None, WHERE, exact=True) == "upright"  # fits neither
    assert frame_of((300, 400), picture, None, WHERE, exact=True) == "stored"
    assert frame_of((299, 300), photograph(300, 299, 6), None, WHERE, exact=True) == "stored"


def test_a_mask_on_stored_pixels_is_turned() -> None:
    mask = np.zeros((3, 4), np.uint8)
    mask[0, 0] = 255
    turned = mask_upright(mask, photograph(400, 300, 6), None, WHERE)
    assert turned.shape == (4, 3) and turned[0, 2] == 255 and turned.sum() == 255
    assert mask_upright(mask, photograph(300, 400, 3), "upright", WHERE) is mask
    assert mask_upright(mask, photograph(300, 400, 3), "stored", WHERE)[2, 3] == 255


def test_the_other_frame_is_known_where_both_fit() -> None:
    mask = np.zeros((40, 30), np.uint8)
    mask[:10] = 255
    picture = photograph(400, 300, 3)
    assert in_other_frame(mask, picture, "stored") is mask
    other = in_other_frame(mask, picture, "upright")
    assert other is not None and np.array_equal(other, mask[::-1])
    assert in_other_frame(mask, photograph(400, 300, 6), "upright") is None, "the size decides"
    assert in_other_frame(mask, photograph(400, 300, 1), "upright") is None
