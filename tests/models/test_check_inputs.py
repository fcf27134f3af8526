from __future__ import annotations

import pytest
import torch

from models.check_inputs import check_mask, check_pictures


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3, 8, 8), r"face: expected shape \(N, 3, H, W\), got \(3, 8, 8\)"),
        ((1, 4, 8, 8), r"face: expected shape \(N, 3, H, W\), got \(1, 4, 8, 8\)"),
        ((1, 3, 9, 16), "face: expected .* multiples of 8, got 9x16; pad or resize them to 16x16"),
        ((1, 3, 0, 8), "face: expected .* multiples of 8, got 0x8; pad or resize them to 8x8"),
    ],
)
def test_other_shapes_are_errors_that_name_a_fitting_one(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_pictures(torch.zeros(shape), 8, "face")


def test_a_mask_has_one_plane_for_each_picture() -> None:
    pictures = torch.zeros(2, 3, 8, 16)
    check_pictures(pictures, 8)
    check_mask(torch.zeros(2, 1, 8, 16), pictures)
    for shape in [(2, 3, 8, 16), (1, 1, 8, 16), (2, 8, 16), (2, 1, 16, 8)]:
        with pytest.raises(ValueError, match=r"mask: expected shape \(2, 1, 8, 16\), got"):
            check_mask(torch.zeros(shape), pictures)
