from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tasks.prepare.upscaling.choose import Upscaler, choose_upscaler
from tasks.prepare.upscaling.network import device_of, upscale_by_network
from tests.raw_trees import portrait
from tests.upscalers import add_rrdbnet


def chosen(folder: Path, name: str = "realesrgan") -> Upscaler:
    return choose_upscaler(name, str(folder), device="cpu").upscaler


def test_each_crop_is_enlarged_in_its_place(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path)
    crops = [portrait(9, 20), portrait(5, 7)]
    results = upscale_by_network(crops, chosen(tmp_path))
    for crop, result in zip(crops, results, strict=True):
        assert np.array_equal(result.pixels, crop.repeat(4, 0).repeat(4, 1))
        assert (result.factor, result.tiles, result.smaller_batches) == (4, 1, False)


def test_the_device_is_the_one_that_the_network_is_on(tmp_path: Path) -> None:
    add_rrdbnet(tmp_path)
    assert device_of(chosen(tmp_path)) == "cpu"


def test_weights_that_changed_since_they_were_chosen_stop(tmp_path: Path) -> None:
    path = add_rrdbnet(tmp_path, "mine")
    upscaler = chosen(tmp_path, "mine")
    add_rrdbnet(tmp_path, "mine", gain=0.5)
    with pytest.raises(ValueError, match=rf"^{path}: expected the weights of sha256 .*, got others; run it"):
        upscale_by_network([portrait(5, 5)], upscaler)
