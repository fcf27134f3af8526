"""Crops and batches: inside, varied, keyed by step and place, equal for any number of threads."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from natocc.resize.bicubic import resize_bicubic
from tasks.training.upscaler.batches import Sizes, UpscalerBatches, as_images, as_tensor, draw_crop
from tasks.training.upscaler.photos_folder import Photos, photos_in_folder
from tests.raw_trees import portrait
from tests.upscaler_training import photographs

SIZES = Sizes(small=4, large=16)


@pytest.fixture
def photos(tmp_path: Path) -> Photos:
    return photos_in_folder(photographs(tmp_path, 5), least=16, held_out=0)


def _batches(photos: Photos, **changes: int) -> UpscalerBatches:
    options = {"batch": 3, "steps": 6} | changes
    return UpscalerBatches(photos.taken, photos.read, SIZES, "bicubic", **options)  # type: ignore[arg-type]


def test_batches_go_on_from_any_step_and_threads_change_nothing(photos: Photos) -> None:
    whole = list(_batches(photos))
    assert len(whole) == 6
    for changes in ({"first": 4}, {"first": 4, "threads": 3}):
        rest = list(_batches(photos, **changes))
        assert len(rest) == len(_batches(photos, **changes)) == 2
        for one, other in zip(rest, whole[4:], strict=True):
            assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])
    other = next(iter(_batches(photos, seed=1)))
    assert not torch.equal(other[1], whole[0][1])


def test_each_round_takes_every_photograph_once(photos: Photos) -> None:
    batches = _batches(photos, batch=5)
    orders = [[batches._photo(5 * step + index).name for index in range(5)] for step in range(4)]
    assert all(sorted(order) == sorted(photo.name for photo in photos.taken) for order in orders)
    assert len({tuple(order) for order in orders}) > 1


def test_a_pair_is_a_photograph_and_its_reduction(photos: Photos) -> None:
    pair = _batches(photos).pair(2, 1)
    assert pair.large.shape == (16, 16, 3)
    assert np.array_equal(pair.small, resize_bicubic(pair.large, 4, 4)) and pair.degradation is None
    photo = photos.read(_batches(photos)._photo(7))[0]
    crop = pair.crop
    square = photo[crop.top : crop.top + crop.side, crop.left : crop.left + crop.side]
    square = square[:, ::-1] if crop.mirrored else square
    assert np.array_equal(pair.large, resize_bicubic(square, 16, 16))


def test_numbers_are_from_minus_one_to_one_and_back(photos: Photos) -> None:
    small, large = next(iter(_batches(photos)))
    assert small.shape == (3, 3, 4, 4) and large.shape == (3, 3, 16, 16) and large.dtype == torch.float32
    assert -1 <= float(large.min()) < float(large.max()) <= 1
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    assert np.array_equal(as_images(as_tensor([every]))[0], every)
    assert as_images(torch.full((1, 3, 1, 1), 7.0))[0].max() == 255


@given(
    height=st.integers(16, 200), width=st.integers(16, 200), seed=st.integers(0, 2**32), flat=st.booleans()
)
def test_a_crop_lies_in_its_photograph(height: int, width: int, seed: int, flat: bool) -> None:
    rgb = np.zeros((height, width, 3), np.uint8) if flat else portrait(height, width)
    crop = draw_crop(np.random.default_rng(seed), rgb, 16)
    assert 16 <= crop.side <= min(64, height, width)
    assert 0 <= crop.top <= height - crop.side and 0 <= crop.left <= width - crop.side


def test_crops_seek_the_matte_and_what_is_not_flat() -> None:
    picture = portrait(200, 200)
    matte = np.zeros((200, 200), np.uint8)
    matte[:100, :100] = 255
    inside, varied = [], []
    half = picture.copy()
    half[:, 100:] = 240
    for seed in range(40):
        crop = draw_crop(np.random.default_rng(seed), picture, 32, matte)
        inside.append((matte[crop.top :, crop.left :][: crop.side, : crop.side] > 0).mean())
        crop = draw_crop(np.random.default_rng(seed), half, 32)
        varied.append(crop.left < 100)
    assert np.mean(inside) > 0.75 and np.mean(varied) > 0.95


def test_reading_stops_with_who_reads(photos: Photos) -> None:
    batches = _batches(photos, steps=1000, threads=2)
    assert len(list(islice(batches, 2))) == 2
    with pytest.raises(ValueError, match="expected at least one to train on"):
        UpscalerBatches((), photos.read, SIZES, "bicubic", batch=1, steps=1)
