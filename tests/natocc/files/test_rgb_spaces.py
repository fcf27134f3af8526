from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from natocc.files.rgb_spaces import SRGB_CURVE, SRGB_PRIMARIES, RgbSpace

GREYS = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)


def in_srgb(space: RgbSpace, pixels: np.ndarray) -> np.ndarray:
    profile = ImageCms.getOpenProfile(io.BytesIO(space.profile()))
    transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    return np.asarray(ImageCms.applyTransform(Pillow.fromarray(pixels), transform))


def test_srgb_by_its_numbers_is_srgb() -> None:
    space = RgbSpace(name="mine", primaries=SRGB_PRIMARIES, curve=SRGB_CURVE)
    colours = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    for pixels in (colours, GREYS):
        assert np.abs(in_srgb(space, pixels).astype(int) - pixels).max() <= 1
    opened = ImageCms.getOpenProfile(io.BytesIO(space.profile()))
    assert ImageCms.getProfileDescription(opened).strip() == "mine"


def test_greys_stay_grey_in_wider_spaces_and_colours_become_more_vivid() -> None:
    wide = RgbSpace(name="wide", primaries=((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), curve=SRGB_CURVE)
    assert np.abs(in_srgb(wide, GREYS).astype(int) - GREYS).max() <= 1
    red, green, blue = in_srgb(wide, np.array([[[100, 150, 100]]], np.uint8))[0, 0].tolist()
    assert green >= 150 and red < 90 and abs(blue - 100) < 10


@pytest.mark.parametrize(
    "primaries", [((0.3, 0.3), (0.3, 0.3), (0.3, 0.3)), ((0.64, 0.33), (0.3, 0.6), (0.15, 0.0))]
)
def test_primaries_that_span_nothing_are_an_error(primaries: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match=r"primaries on a line|chromaticity"):
        RgbSpace(name="none", primaries=primaries, curve=(2.2,)).profile()
