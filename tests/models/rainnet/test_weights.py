"""Published names and shapes are taken, anything else is named and refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.rainnet.network import RainNetConfig
from models.rainnet.weights import load_rainnet, rainnet_from
from tests.models.published import rainnet, saved, tensors


def tiny(width: int = 2, channels: int = 3) -> dict[str, Tensor]:
    return tensors(rainnet(width, channels))


def test_the_published_layout_at_full_size() -> None:
    state = tensors(rainnet(), "meta")
    assert len(state) == 51
    network = rainnet_from(state)
    assert sum(weight.numel() for weight in network.parameters()) == 54_759_043
    assert network.config == RainNetConfig() and not network.training


@pytest.mark.parametrize("channels", [3, 4])
def test_every_weight_arrives_and_the_shape_is_inferred(channels: int) -> None:
    state = tiny(4, channels)
    network = load_rainnet(saved(state))
    assert network.config == RainNetConfig(width=4, channels=channels)
    loaded = network.state_dict()
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], value) for name, value in state.items())
    out = network(torch.rand(1, 3, 256, 256), torch.ones(1, 1, 256, 256))
    assert out.shape == (1, 3, 256, 256) and out.isfinite().all()


@pytest.mark.parametrize("prefix", ["module.", "netG.", "netG.module.", "generator."])
@pytest.mark.parametrize("wrapper", [None, "state_dict", "netG"])
def test_prefixes_and_wrappers_are_taken_off(prefix: str, wrapper: str | None) -> None:
    state = {f"{prefix}{name}": value for name, value in tiny().items()}
    state |= {"discriminator.convg3.bias": torch.zeros(1), "netD.convg3.bias": torch.zeros(1)}
    network = load_rainnet(saved(state if wrapper is None else {wrapper: state, "epoch": 3}))
    assert torch.equal(network.state_dict()["model_out.1.bias"], tiny()["model_out.1.bias"])


def test_half_precision_weights_become_float32() -> None:
    network = rainnet_from({name: value.half() for name, value in tiny().items()})
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    assert all(weight.requires_grad for weight in network.parameters())


def test_all_that_is_wrong_is_named_at_once() -> None:
    state = tiny()
    del state["model_layer12att.0.bias"]
    state["model_layer12att.1.bias"] = torch.zeros(8)
    state["unet_block.up.1.weight"] = torch.zeros(16, 16, 4, 4)
    state["model_out.1.bias"] = torch.tensor([0.0, float("nan"), 0.0])
    with pytest.raises(ValueError) as error:
        rainnet_from(state, "mine.pth")
    assert str(error.value) == (
        "mine.pth: expected exactly the 51 tensors of RainNet, "
        "got missing: model_layer12att.0.bias; unknown: model_layer12att.1.bias; "
        "of another shape: unet_block.up.1.weight (expected (32, 16, 4, 4), got (16, 16, 4, 4)); "
        "NaN or infinite: model_out.1.bias; use the published file of this network, or the whole state_dict"
    )


def test_long_lists_are_cut() -> None:
    with pytest.raises(ValueError, match=r"missing: .* and 45 more; use the published file"):
        rainnet_from({"model_layer0.weight": tiny()["model_layer0.weight"]})


def test_another_network_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected a tensor named model_layer0\.weight, got conv_first\.weight"
    ):
        load_rainnet(saved({"conv_first.weight": torch.zeros(1)}))
    with pytest.raises(ValueError, match=r"expected model_layer0\.weight of 3 or 4 channels .* got 7;"):
        rainnet_from(tiny(2, 7))
    with pytest.raises(ValueError, match="expected tensors by name, got a list"):
        load_rainnet(saved([torch.zeros(1)]))


def test_a_file_is_taken_by_its_path_too(tmp_path: Path) -> None:
    path = tmp_path / "net_G_last.pth"
    path.write_bytes(saved(tiny()))
    loaded = load_rainnet(path).state_dict()
    assert all(torch.equal(loaded[name], value) for name, value in tiny().items())
    path.write_bytes(b"<html>not here</html>")
    with pytest.raises(ValueError, match=r"net_G_last\.pth: expected a checkpoint of tensors alone"):
        load_rainnet(str(path))
