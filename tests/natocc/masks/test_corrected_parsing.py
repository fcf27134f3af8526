from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from natocc.geometry import Image
from natocc.masks.corrected_parsing import corrected_parsing
from natocc.masks.policy import CLASS_IDS, FACE_PARTS, FACEOCC, PARTS, face_mask, parsing_map

FACE_IDS = [CLASS_IDS[name] for name in FACE_PARTS]


def band(top: int, bottom: int) -> Image:
    plane = np.zeros((10, 4), np.uint8)
    plane[top:bottom] = 255
    return plane


def column(parts: dict[str, Image], mask: Image) -> list[int]:
    classes = corrected_parsing(parts, mask)
    assert classes.dtype == np.uint8 and (classes == classes[:, :1]).all()
    return classes[:, 0].tolist()


def test_pixels_that_the_correction_removes_become_background() -> None:
    parts = {"skin": band(0, 8), "nose": band(3, 6)}
    assert column(parts, band(0, 4)) == [1, 1, 1, 2, 0, 0, 0, 0, 0, 0]


def test_pixels_that_the_correction_adds_become_skin_or_the_hidden_part() -> None:
    parts = {"skin": band(0, 4), "l_brow": band(3, 5), "hair": band(2, 8)}
    assert column(parts, band(0, 7)) == [1, 1, 1, 6, 6, 1, 1, 13, 0, 0]


def test_glasses_lie_over_the_eyes_that_are_painted_over_them() -> None:
    parts = {"skin": band(0, 10), "eye_g": band(2, 8), "r_eye": band(4, 6)}
    assert parsing_map(parts)[4, 0] == CLASS_IDS["r_eye"]
    assert column(parts, face_mask(parts)) == [1, 1, 3, 3, 3, 3, 3, 3, 1, 1]
    assert column(parts, band(0, 10)) == [1, 1, 1, 1, 5, 5, 1, 1, 1, 1], "lenses that count as face"


def test_where_lenses_count_as_face_frame_and_lens_are_glasses_still() -> None:
    parts = {"skin": band(0, 10), "eye_g": band(2, 8), "r_eye": band(4, 6), "hat": band(0, 1)}
    mask = face_mask(parts, FACEOCC)
    mask[3] = 0  # a frame
    classes = corrected_parsing(parts, mask, FACEOCC)[:, 0].tolist()
    assert classes == [14, 1, 3, 3, 5, 5, 3, 3, 1, 1]


def test_without_parts_the_mask_is_skin() -> None:
    assert column({}, band(2, 4) // 255) == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0]


@given(st.integers(0, 2**32 - 1))
def test_map_and_mask_never_disagree_and_the_map_of_an_unchanged_pixel_stays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chosen = [name for name in PARTS if rng.random() < 0.6]
    parts = {name: (rng.random((12, 9)) < 0.4).astype(np.uint8) * np.uint8(255) for name in chosen}
    mask = (rng.random((12, 9)) < 0.5).astype(np.uint8)
    classes = corrected_parsing(parts, mask)
    assert np.array_equal(np.isin(classes, FACE_IDS), mask > 0)
    if parts:
        plain = parsing_map(parts)
        agreed = np.isin(plain, FACE_IDS) == (mask > 0)
        assert np.array_equal(classes[agreed], plain[agreed])


def test_parts_of_another_size_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"part nose: expected the mask's size \(10, 4\), got \(5, 4\)"):
        corrected_parsing({"nose": np.zeros((5, 4), np.uint8)}, band(0, 5))
