from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from natocc.compositing import apply_opacity, blend, blur_seam, soften_matte
from natocc.geometry import Box, Image
from natocc.labels import (
    OCCLUSION_CLASS,
    hidden_ratio,
    mirror_parsing,
    occlude_parsing,
    occluded,
    visible_mask,
)

PLANES = arrays(np.uint8, (7, 8), elements=st.integers(0, 255))
MASKS = arrays(np.uint8, (7, 8), elements=st.integers(0, 1))
CLASSES = arrays(np.uint8, (7, 8), elements=st.integers(0, 18))
OPACITIES = st.one_of(st.just(1.0), st.floats(0.4, 0.8))


@given(MASKS, PLANES, OPACITIES)
def test_the_label_is_the_rule_on_the_stored_bytes(clean: Image, matte: Image, opacity: float) -> None:
    alpha = apply_opacity(matte, opacity)
    expected = [
        [int(c == 1 and int(a) / (255 * opacity) < 0.5) for c, a in zip(*row, strict=True)]
        for row in zip(clean.tolist(), alpha.tolist(), strict=True)
    ]
    mask = visible_mask(clean, alpha, opacity)
    assert mask.dtype == np.uint8 and mask.tolist() == expected
    assert not (mask & ~clean & 1).any(), "never beyond the clean label"


@given(PLANES, st.floats(0.4, 0.8))
def test_translucent_and_opaque_occluders_hide_the_same_pixels(matte: Image, opacity: float) -> None:
    # One level of rounding at the very threshold aside.
    clear = np.abs(matte.astype(int) - 127.5) > 1.5
    assert np.array_equal(
        occluded(apply_opacity(matte, opacity), opacity)[clear], occluded(matte, 1.0)[clear]
    )


@given(MASKS, PLANES)
def test_the_hidden_share_counts_face_pixels_alone(clean: Image, alpha: Image) -> None:
    mask = visible_mask(clean, alpha, 1.0)
    hidden = hidden_ratio(clean, mask)
    assert 0 <= hidden <= 1
    assert hidden * clean.sum() == pytest.approx(((clean == 1) & (alpha > 127)).sum())


@given(CLASSES, PLANES)
def test_parsing_says_19_on_the_occluder_and_keeps_the_rest(parsing: Image, alpha: Image) -> None:
    hidden = alpha > 127
    got = occlude_parsing(parsing, alpha, 1.0)
    assert got.dtype == np.uint8
    assert (got[hidden] == OCCLUSION_CLASS).all() and np.array_equal(got[~hidden], parsing[~hidden])


@given(CLASSES)
def test_mirroring_twice_is_no_mirroring(parsing: Image) -> None:
    once = mirror_parsing(np.ascontiguousarray(parsing[:, ::-1]))
    assert np.array_equal(mirror_parsing(np.ascontiguousarray(once[:, ::-1])), parsing)


def test_mirroring_swaps_eyes_brows_and_ears_and_nothing_else() -> None:
    classes = np.arange(20, dtype=np.uint8)[None]
    swapped = [0, 1, 2, 3, 5, 4, 7, 6, 9, 8, *range(10, 20)]
    assert mirror_parsing(classes).tolist() == [swapped]


@pytest.mark.parametrize("opacity", [1.0, 0.5])
@pytest.mark.parametrize("seam", [False, True])
def test_the_label_ends_where_the_occluder_is_seen_to_end(seam: bool, opacity: float) -> None:
    # The released label is 1.3 pixels wider than the occluder, all round.
    black = np.zeros((200, 200, 3), np.uint8)
    matte = soften_matte(
        cv2.ellipse(np.zeros((200, 200), np.uint8), (100, 97), (71, 52), 20, 0, 360, 255, -1).astype(np.uint8)
    )
    alpha, box = apply_opacity(matte, opacity), Box(0, 0, 200, 200)
    image = blend(black, black + 255, alpha)
    if seam:
        image = blur_seam(image, matte, box)
    seen = image[..., 0] > 127.5 * opacity
    label = visible_mask(np.ones((200, 200), np.uint8), alpha, opacity) == 0
    around = sum(len(one) for one in cv2.findContours(label.astype(np.uint8), cv2.RETR_EXTERNAL, 1)[0])
    assert abs(int(label.sum()) - int(seen.sum())) / around < 0.3, "neither wider nor narrower"
    assert (label != seen).sum() / around < 0.5
