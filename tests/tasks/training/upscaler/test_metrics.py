"""Figures and the sheet of previews, of networks whose result is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from natocc.resize.bicubic import resize_bicubic
from tasks.training.upscaler.batches import Sizes
from tasks.training.upscaler.metrics import Quality, mean_quality, preview_sheet, quality, restore
from tasks.training.upscaler.photos_folder import photos_in_folder
from tests.raw_trees import portrait
from tests.upscaler_training import photographs

SIZES = Sizes(small=8, large=32)


class Nearest(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return functional.interpolate(images, scale_factor=4.0, mode="nearest")


def test_a_network_is_scored_beside_bicubic_on_the_same_crops(tmp_path: Path) -> None:
    photos = photos_in_folder(photographs(tmp_path, 6), least=32, held_out=1)
    one, *others = restore(photos, photos.taken, Nearest(), SIZES, "bicubic", device=torch.device("cpu"))
    assert len(others) == 5
    assert np.array_equal(one.made, one.pair.small.repeat(4, axis=0).repeat(4, axis=1))
    assert np.array_equal(one.enlarged, resize_bicubic(one.pair.small, 32, 32))
    difference = one.enlarged.astype(float) - one.pair.large.astype(float)
    assert one.bicubic.psnr == pytest.approx(10 * np.log10(255**2 / np.mean(difference**2)))
    assert all(each.network.psnr < each.bicubic.psnr for each in (one, *others))
    assert all(0 < each.network.ssim < each.bicubic.ssim < 1 for each in (one, *others))
    again = list(restore(photos, photos.held_out, Nearest(), SIZES, "bicubic", device=torch.device("cpu")))
    same = next(each for each in (one, *others) if each.photo == again[0].photo)
    assert again[0].pair.crop == same.pair.crop, "a photograph's crop hangs on no other"
    sheet = preview_sheet([one, *others], "small | bicubic | network | photograph")
    assert sheet.ndim == 3 and sheet.shape[1] > 8 * 128 and sheet.shape[0] > 3 * 128


def test_equal_pictures_are_as_good_as_can_be_told() -> None:
    picture = portrait(32, 32)
    assert quality(picture, picture) == Quality(psnr=99.0, ssim=1.0)
    worse = quality(np.clip(picture.astype(int) + 10, 0, 255).astype(np.uint8), picture)
    assert worse.psnr == pytest.approx(28.1, abs=1) and worse.ssim < 1
    assert mean_quality([Quality(psnr=20, ssim=0.5), Quality(psnr=30, ssim=0.7)]) == Quality(
        psnr=25, ssim=0.6
    )
