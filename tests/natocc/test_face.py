from __future__ import annotations

import numpy as np
import pytest

from natocc.face import make_face
from natocc.geometry import Box, Image
from tests.natocc.inputs import face, portrait, tall_face


@pytest.mark.parametrize("size", [64, 96, 256, 512, 1024, 2048])
def test_faces_of_every_size_show_the_same(size: int) -> None:
    found = face(size)
    assert found.image.shape == (size, size, 3) and found.mask.shape == (size, size)
    assert found.parsing is not None and found.parsing.shape == (size, size)
    assert set(np.unique(found.mask)) == {0, 1}
    assert found.mask.mean() == pytest.approx(face(1024).mask.mean(), rel=0.02)
    assert found.image.mean() == pytest.approx(face(1024).image.mean(), abs=1.0)
    assert set(np.unique(found.parsing)) <= set(range(19))


def test_a_face_of_another_shape_keeps_it() -> None:
    found = tall_face()
    assert found.size == (250, 190) and found.image.shape == (250, 190, 3)


def disc(side: int) -> Image:
    y, x = (np.indices((side, side)) + 0.5) / side - 0.5
    return np.where(x**2 + 1.7 * y**2 < 0.13, 255, 0).astype(np.uint8)


@pytest.mark.parametrize("side", [256, 512])
def test_an_enlarged_mask_has_a_smooth_edge(side: int) -> None:
    image = portrait()[0]
    true = disc(1024) > 0
    ours = make_face(image, disc(side), long_side=1024).mask > 0
    repeated = np.kron(disc(side), np.ones((1024 // side,) * 2)) > 0
    assert (ours != true).sum() < 0.65 * (repeated != true).sum(), "repeating pixels gives a staircase"
    assert ours.sum() == pytest.approx(true.sum(), rel=0.002), "neither wider nor narrower"


def test_a_reduced_mask_keeps_its_area() -> None:
    image = portrait()[0]
    for size in (64, 100, 333):
        assert make_face(image, disc(512), long_side=size).mask.mean() == pytest.approx(
            (disc(512) > 0).mean(), rel=0.01
        )


def test_the_box_is_that_of_the_mask() -> None:
    rows, columns = np.nonzero(face().mask)
    assert face().box == Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


@pytest.mark.parametrize("level", [0, 1, 127])
def test_an_empty_or_0_1_mask_is_refused_with_what_was_expected(level: int) -> None:
    image = portrait()[0]
    with pytest.raises(ValueError, match="face mask: expected pixels above 127, got an empty mask"):
        make_face(image, np.full((512, 512), level, np.uint8), long_side=256)
