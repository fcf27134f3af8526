"""Networks on pictures of any size, from weights to pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from models.checkpoints.safetensors_io import encode_network
from models.glean.weights import glean_from
from models.rrdb.network import RRDBConfig, RRDBNet
from models.rrdb.weights import rrdbnet_from
from models.upscaling.tile_runner import TileRunner
from models.upscaling.tiles import enlarge_in_tiles
from models.upscaling.upscaler import NetworkUpscaler, load_upscaler, tiling_of
from tests.models.published import glean, rrdbnet, tensors


def _slope(height: int, width: int) -> np.ndarray:
    line = np.linspace(60, 200, width)[None, :, None] + np.linspace(-20, 20, height)[:, None, None]
    return np.broadcast_to(np.rint(line), (height, width, 3)).astype(np.uint8)


def _seen_from_afar(pixels: np.ndarray, by: int) -> np.ndarray:
    height, width = (side // by * by for side in pixels.shape[:2])
    return pixels[:height, :width].reshape(height // by, by, width // by, by, 3).mean((1, 3))


@pytest.mark.parametrize("channels", [3, 12, 48])
def test_rrdbnet_on_tiles_keeps_colours_that_it_does_not_know(channels: int) -> None:
    network = rrdbnet_from(tensors(rrdbnet(channels=channels, width=8, blocks=1, growth=4)))
    picture = _slope(48, 96)
    tiling = tiling_of(network, tile=32, batch=4)
    result = enlarge_in_tiles(picture, network, tiling)
    assert result.pixels.shape == (192, 384, 3) and result.tiles == 18
    far, wanted = _seen_from_afar(result.pixels, 64), _seen_from_afar(picture, 16)
    assert np.abs(far - wanted).max() < 6
    unfixed = enlarge_in_tiles(picture, network, replace(tiling, fix_colours=False)).pixels
    assert np.abs(_seen_from_afar(unfixed, 64) - wanted).max() > 50


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 20), (30, 20)])
def test_glean_on_tiles_takes_any_size(height: int, width: int) -> None:
    network = glean_from(
        tensors(glean(8, [8, 8, 8, 4, 4], styles=4, mapping=1, width=4, blocks=1, growth=2, head=4))
    )
    tiling = tiling_of(network)
    assert (tiling.tile, tiling.factor, tiling.low, tiling.high) == (8, 8, -1.0, 1.0)
    picture = _slope(height, width)
    result = enlarge_in_tiles(picture, network, tiling).pixels
    assert result.shape == (4 * height, 4 * width, 3)
    assert np.abs(result.mean((0, 1)) - picture.mean((0, 1))).max() < 3


def test_tiles_agree_with_the_whole_picture_where_a_network_sees_less_than_they_share() -> None:
    """An RRDBNet set to smooth, whose convolutions pad with noughts at the border of a tile."""
    with torch.no_grad():
        network = RRDBNet(RRDBConfig(width=3, blocks=1, growth=1)).eval()
        for name, weight in network.named_parameters():
            weight.zero_()
            if name.endswith("weight") and weight.shape[:2] == (3, 3) and "body" not in name:
                weight[:, :, 1, 1] = torch.eye(3) / 2
                weight[:, :, 0, 1] = weight[:, :, 2, 1] = torch.eye(3) / 4
        picture = np.random.default_rng(0).integers(0, 256, (70, 40, 3), dtype=np.uint8)
        whole = network(torch.from_numpy(picture).permute(2, 0, 1)[None] / 255)[0].permute(1, 2, 0)
    tiling = replace(tiling_of(network, tile=32), fix_colours=False)
    difference = enlarge_in_tiles(picture, network, tiling).pixels - np.rint(whole.numpy() * 255)
    assert np.abs(difference[32:-32]).max() < 6
    # At its own border the whole picture meets noughts, and the tiles a mirror.
    assert np.abs(difference[:4]).max() > 30 and np.abs(difference[-4:]).max() > 30


def test_no_seam_shows_where_a_network_feels_the_borders_of_its_tiles() -> None:
    torch.manual_seed(0)
    network = RRDBNet(RRDBConfig(width=4, blocks=1, growth=2)).eval()
    # Weights that start small would see little more than one pixel.
    with torch.no_grad():
        for name, weight in network.named_parameters():
            weight *= 12 if "rdb" in name else 10 if name == "conv_body.weight" else 1
    picture = np.full((56, 104, 3), (150, 120, 100), np.uint8)
    picture[:, 52:] = np.random.default_rng(0).integers(0, 256, (56, 52, 3)) // 4 + 90

    def stretched(images: torch.Tensor) -> torch.Tensor:
        return 0.5 + 4 * network(images)

    tiled, whole = (enlarge_in_tiles(picture, stretched, tiling_of(network, tile=side)) for side in (40, 120))
    assert (tiled.tiles, whole.tiles) == (15, 1)
    difference = tiled.pixels - whole.pixels.astype(int)
    assert np.abs(difference).max() <= 2 and np.ptp(whole.pixels[64:-64, 64:100], axis=(0, 1)).max() == 0


def _small() -> RRDBNet:
    return rrdbnet_from(tensors(rrdbnet(width=4, blocks=1, growth=2)))


def test_a_picture_comes_out_equal_to_the_bit_whatever_is_enlarged_beside_it() -> None:
    pictures = [_slope(30, 40), _slope(300, 20), _slope(30, 40) // 2, _slope(1, 1)]
    upscaler = NetworkUpscaler(_small())
    together = upscaler(pictures)
    for picture, beside in zip(pictures, together, strict=True):
        assert np.array_equal(NetworkUpscaler(_small())([picture])[0].pixels, beside.pixels)
    assert [result.tiles for result in together] == [1, 2, 1, 1] and upscaler.batch == 1
    assert (upscaler.device, upscaler.factor, upscaler.smaller) == ("cpu", 4, False)


def test_mixed_precision_gives_nearly_the_same() -> None:
    picture = _slope(20, 20)
    (plain,), (mixed,) = (
        NetworkUpscaler(_small(), precision=one)([picture]) for one in ("float32", "bfloat16")
    )
    difference = np.abs(plain.pixels.astype(int) - mixed.pixels)
    assert 0 < difference.max() <= 3


class _Hungry(RRDBNet):
    """A network that has memory for so many tiles at a time."""

    most = 2

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if len(images) > self.most:
            raise torch.OutOfMemoryError
        return functional.interpolate(images, scale_factor=4.0, mode="nearest")


def test_where_memory_runs_out_batches_are_halved_for_good_and_one_tile_too_much_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upscaler = NetworkUpscaler(_Hungry(RRDBConfig(width=4, blocks=1, growth=2)))
    # As it is on a GPU, which tests may lack.
    upscaler._runner = TileRunner(upscaler._mixed, tiling_of(_small(), tile=32, batch=8, multiple=32), "cpu")
    picture = _slope(90, 90)
    (result,) = upscaler([picture])
    assert np.array_equal(result.pixels, picture.repeat(4, 0).repeat(4, 1))
    assert (result.batch, upscaler.batch, upscaler.smaller) == (2, 2, True)
    monkeypatch.setattr(_Hungry, "most", 0)
    with pytest.raises(ValueError, match=r"^cpu: expected memory for one tile of 32 pixels, got too little"):
        upscaler([picture])


@pytest.mark.parametrize(
    ("device", "precision", "message"),
    [
        ("tpu", "float32", "--device: expected one of auto, cpu, cuda, got 'tpu'"),
        ("cpu", "int8", "--precision: expected one of float32, bfloat16, float16, got 'int8'"),
        ("cpu", "float16", "--precision: expected float32 or bfloat16 on the cpu, got float16"),
    ],
)
def test_wrong_devices_and_precisions_are_named(device: str, precision: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        NetworkUpscaler(_small(), device=device, precision=precision)


def test_other_weights_than_an_upscalers_are_refused() -> None:
    data = encode_network(_small().state_dict(), {"network": "rrdbnet"})
    assert load_upscaler(data, "rrdbnet", "x")([_slope(2, 3)])[0].pixels.shape == (8, 12, 3)
    with pytest.raises(
        ValueError, match=r"^x: expected a network that enlarges \(glean, rrdbnet\), got rainnet$"
    ):
        load_upscaler(data, "rainnet", "x")
    with pytest.raises(ValueError, match=r"^x: expected a tensor named encoder"):
        load_upscaler(data, "glean", "x")
