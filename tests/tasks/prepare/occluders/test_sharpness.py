from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from assets.records import Origin, RawObject
from natocc.geometry import Image
from tasks.prepare.occluders.sharpness import blur_of
from tests.raw_trees import encoded, square, write


def an_instance(folder: Path, picture: Image | bytes, size: tuple[int, int] = (400, 600)) -> RawObject:
    return RawObject(
        id="1",
        image=write(folder / "a.jpg", picture if isinstance(picture, bytes) else encoded(picture)),
        image_size=size,
        segmentation=square(100, 100, 300, 200),
        bbox=(100, 100, 300, 200),
        area=60000,
        category="cup",
        origin=Origin(dataset="COCO", photo="", licence=""),
    )


def blurred(sigma: float) -> Image:
    """The thing alone is out of focus; what lies about it is not."""
    photo = skimage.data.coffee().copy()
    if sigma:
        photo[100:300, 100:400] = cv2.GaussianBlur(photo, (0, 0), sigma)[100:300, 100:400]
    return photo


def test_blur_is_measured_on_the_thing_alone(tmp_path: Path) -> None:
    found = [blur_of(an_instance(tmp_path, blurred(sigma))) for sigma in (0, 1.5, 3)]
    assert found[0] is not None and found[1] is not None and found[2] is not None
    assert found[0] < 1.3 < found[1] < 2.2 < found[2]


def test_a_plain_thing_is_judged_by_its_outline(tmp_path: Path) -> None:
    photo = np.full((400, 600, 3), 200, np.uint8)
    photo[100:300, 100:400] = (40, 60, 160)
    sharp = blur_of(an_instance(tmp_path, photo))
    soft = blur_of(an_instance(tmp_path, cv2.GaussianBlur(photo, (0, 0), 3).astype(np.uint8)))
    assert sharp is not None and soft is not None and sharp < 0.8 and soft > 2


def test_where_nothing_has_an_edge_nothing_is_told(tmp_path: Path) -> None:
    plain = np.full((400, 600, 3), 120, np.uint8)
    plain[:8, :8] = 117
    assert blur_of(an_instance(tmp_path, plain)) is None


@pytest.mark.parametrize("data", [b"", b"text", encoded(blurred(0)[:100])])
def test_an_unreadable_photograph_has_no_blur_and_is_refused_later(tmp_path: Path, data: bytes) -> None:
    assert blur_of(an_instance(tmp_path, data)) == 0
