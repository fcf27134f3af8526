from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from models.rrdb.network import RRDBConfig, RRDBNet
from models.upscaling.upscaler import NetworkUpscaler
from natocc.geometry import Image
from tasks.prepare.upscaling.choose import Upscaler, choose_upscaler
from tasks.prepare.upscaling.crops import NETWORK_SIDE, enlarge_crops, lanczos
from tests.raw_trees import portrait
from tests.upscalers import add_glean, add_rrdbnet

LANCZOS = Upscaler(name="lanczos")


def network(folder: Path, name: str = "realesrgan") -> Upscaler:
    return choose_upscaler(name, str(folder), device="cpu").upscaler


def blocks(crop: Image) -> Image:
    return crop.repeat(4, 0).repeat(4, 1)


def test_lanczos_keeps_colours_and_place() -> None:
    small = cv2.resize(portrait(), (71, 50), interpolation=cv2.INTER_AREA).astype(np.uint8)
    large = lanczos(small)
    assert large.shape == (200, 284, 3) and large.dtype == np.uint8
    back = large.reshape(50, 4, 71, 4, 3).mean((1, 3))
    assert np.abs(back - small).mean() < 2
    (done,) = enlarge_crops([small], LANCZOS)
    assert np.array_equal(done.pixels, large)
    assert (done.metadata, done.counted) == ({"upscaler": "lanczos"}, ("lanczos",))


def test_a_network_takes_what_is_short_enough_and_each_result_comes_back_to_its_crop(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path)
    upscaler = network(tmp_path)
    crops = [portrait(9, 20), portrait(40, NETWORK_SIDE + 1), portrait(1, 1), portrait(30, NETWORK_SIDE)]
    done = list(enlarge_crops(crops, upscaler))
    by_network = {"upscaler": "realesrgan", "weights": str(upscaler.sha256)[:12]}
    assert [one.metadata for one in done] == [
        {**by_network, "tiles": 1},
        {"upscaler": "lanczos", "instead_of": "realesrgan"},
        {**by_network, "tiles": 1},
        {**by_network, "tiles": 3},
    ]
    assert [one.counted for one in done] == [("realesrgan",), ("lanczos",), ("realesrgan",), ("realesrgan",)]
    for number in (0, 2, 3):
        assert np.array_equal(done[number].pixels, blocks(crops[number]))
    assert np.array_equal(done[1].pixels, lanczos(crops[1]))


def test_flat_and_sloping_crops_stay_so_without_seams(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path)
    flat = np.full((300, 310, 3), (7, 130, 250), np.uint8)
    slope = np.linspace(20, 240, 310)[None, :, None] + np.linspace(-15, 15, 300)[:, None, None]
    slope = np.rint(np.broadcast_to(slope, (300, 310, 3))).astype(np.uint8)
    (one, two) = enlarge_crops([flat, slope], network(tmp_path))
    assert one.metadata["tiles"] == two.metadata["tiles"] == 4
    assert np.array_equal(one.pixels, blocks(flat))
    smooth = cv2.resize(slope, (1240, 1200), interpolation=cv2.INTER_LINEAR)
    assert np.abs(two.pixels.astype(int) - smooth).max() <= 1


def test_another_factor_than_four_is_brought_to_four_and_told(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path, "half", scale=2)
    add_glean(tmp_path)
    crop = np.full((21, 30, 3), (90, 120, 150), np.uint8)
    for name, factor in (("half", 2), ("glean", 8)):
        (done,) = enlarge_crops([crop], network(tmp_path, name))
        assert done.metadata["network_factor"] == factor and done.pixels.shape == (84, 120, 3)
        assert np.abs(done.pixels.mean((0, 1)) - (90, 120, 150)).max() < 2


def test_broken_weights_stop_everything_with_one_message_that_names_them(tmp_path: Path) -> None:
    path = add_rrdbnet(tmp_path, gain=1e20)
    with pytest.raises(ValueError) as error:
        list(enlarge_crops([portrait(9, 9)], network(tmp_path)))
    assert str(error.value) == (
        f"--upscaler realesrgan ({path}): network: expected finite values, got NaN or infinite ones; check "
        "its weights"
    )


def test_weights_that_change_meanwhile_are_not_used(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path)
    upscaler = network(tmp_path)
    path = add_rrdbnet(tmp_path, gain=1.5)
    with pytest.raises(
        ValueError, match=f"^{path}: expected the weights of sha256 {str(upscaler.sha256)[:12]}, "
    ):
        list(enlarge_crops([portrait(9, 9)], upscaler))


class _Hungry(RRDBNet):
    """A network that has memory for two tiles at a time."""

    def forward(self, images: Tensor) -> Tensor:
        if len(images) > 2:
            raise torch.OutOfMemoryError
        return functional.interpolate(images, scale_factor=4.0, mode="nearest")


def test_a_gpu_whose_memory_runs_out_takes_smaller_batches_and_that_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rrdbnet(tmp_path)
    hungry = NetworkUpscaler(_Hungry(RRDBConfig(width=4, blocks=1, growth=2)))
    # As it is on a GPU, which tests may lack.
    hungry._runner.tiling = replace(hungry._runner.tiling, batch=8, multiple=32)
    hungry._runner.batch = 8
    monkeypatch.setattr("tasks.prepare.upscaling.network._load", lambda *asked: hungry)
    crops = [portrait(20, 30 + number) for number in range(5)]
    done = list(enlarge_crops(crops, network(tmp_path)))
    assert all(np.array_equal(one.pixels, blocks(crop)) for one, crop in zip(done, crops, strict=True))
    assert {one.counted for one in done} == {("realesrgan", "smaller_batches")} and hungry.batch == 2
