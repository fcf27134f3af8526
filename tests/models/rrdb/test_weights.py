from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.rrdb.network import RRDBConfig
from models.rrdb.weights import load_rrdbnet, rrdbnet_from
from tests.models.published import rrdbnet, tensors

TINY = {"width": 6, "blocks": 3, "growth": 2}


def _tiny(channels: int = 3) -> dict[str, Tensor]:
    return tensors(rrdbnet(channels=channels, **TINY))


@pytest.mark.parametrize(
    ("shapes", "config"),
    [
        (rrdbnet(), RRDBConfig()),
        (rrdbnet(channels=12), RRDBConfig(scale=2)),
        (rrdbnet(blocks=6), RRDBConfig(blocks=6)),
    ],
)
def test_published_names_and_shapes_load_at_full_size(shapes: dict, config: RRDBConfig) -> None:
    network = rrdbnet_from(tensors(shapes, "meta"))
    assert network.config == config and not network.training
    assert {name: tuple(value.shape) for name, value in network.state_dict().items()} == shapes


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda state: state,
        lambda state: {"params_ema": state, "params": {name: value * 0 for name, value in state.items()}},
        lambda state: {"params": state},
        lambda state: {
            "meta": {"epoch": 3},
            "state_dict": {f"generator.{name}": value for name, value in state.items()}
            | {"discriminator.features.0.weight": torch.zeros(1), "perceptual_loss.vgg.mean": torch.zeros(1)},
        },
        lambda state: {f"module.{name}": value for name, value in state.items()},
        lambda state: (
            {f"params_ema.{name}": value for name, value in state.items()}
            | {f"params.{name}": value * 0 for name, value in state.items()}
        ),
        lambda state: (
            {f"module.generator.{name}": value for name, value in state.items()}
            | {"module.discriminator.conv.weight": torch.zeros(1)}
        ),
    ],
)
@pytest.mark.parametrize("channels", [3, 12])
def test_every_wrapping_gives_the_same_network(wrapped, channels: int, tmp_path: Path) -> None:
    state = _tiny(channels)
    torch.save(wrapped(state), tmp_path / "weights.pth")
    network = load_rrdbnet(tmp_path / "weights.pth")
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert network.config == RRDBConfig(scale=4 if channels == 3 else 2, **TINY)
    assert network(torch.rand(1, 3, 4, 6)).shape[-1] == 6 * network.config.scale


def _released(name: str) -> str:
    """The naming of ESRGAN's release."""
    for new, old in [
        ("body.", "RRDB_trunk."),
        (".rdb", ".RDB"),
        ("conv_up", "upconv"),
        ("conv_hr", "HRconv"),
    ]:
        name = name.replace(new, old)
    return name.replace("conv_RRDB_trunk.", "trunk_conv.")


def _numbered(name: str) -> str:
    """The naming of the code that ESRGAN was trained with, for three blocks."""
    stem, end = name.rsplit(".", 1)
    places = {
        "conv_first": 0,
        "conv_body": "1.sub.3",
        "conv_up1": 3,
        "conv_up2": 6,
        "conv_hr": 8,
        "conv_last": 10,
    }
    if stem in places:
        return f"model.{places[stem]}.{end}"
    return f"{stem.replace('body.', 'model.1.sub.').replace('.rdb', '.RDB')}.0.{end}"


@pytest.mark.parametrize("naming", [_released, _numbered])
def test_older_namings_give_the_same_network(naming) -> None:
    state = _tiny()
    old = {naming(name): value for name, value in state.items()}
    assert not set(old) & {name for name in state if "rdb" in name or "conv_body" in name}
    network = rrdbnet_from(old)
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())


def test_the_older_names_are_those_of_the_release() -> None:
    assert _released("body.1.rdb2.conv3.weight") == "RRDB_trunk.1.RDB2.conv3.weight"
    assert _released("conv_body.bias") == "trunk_conv.bias"
    assert _numbered("body.1.rdb2.conv3.weight") == "model.1.sub.1.RDB2.conv3.0.weight"
    assert _numbered("conv_body.bias") == "model.1.sub.3.bias"


def test_misfits_are_told_all_at_once() -> None:
    state = _tiny()
    del state["conv_hr.bias"]
    state["conv_extra.weight"] = torch.zeros(1)
    state["conv_last.weight"] = torch.zeros(4, 6, 3, 3)
    state["conv_up1.bias"][2] = float("nan")
    state["conv_up2.bias"] = torch.zeros(6, dtype=torch.int64)
    with pytest.raises(ValueError) as caught:
        rrdbnet_from(state, "mine.pth")
    assert str(caught.value) == (
        "mine.pth: expected exactly the 102 tensors of RRDBNet, got missing: conv_hr.bias; "
        "unknown: conv_extra.weight; of another shape: conv_last.weight (expected (3, 6, 3, 3), got (4, 6, 3, 3)); "
        "of a type that is not converted: conv_up2.bias (int64); NaN or infinite: conv_up1.bias; "
        "use the published file of this network, or the whole state_dict"
    )


def test_other_networks_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"expected a tensor named conv_first\.weight or model\.0\.weight, got head"
    ):
        rrdbnet_from({"head.weight": torch.zeros(1)})
    with pytest.raises(
        ValueError, match=r"expected conv_first of 3, 12 or 48 channels \(x4, x2, x1\), got 4"
    ):
        rrdbnet_from(_tiny(4))
    state = _tiny()
    state["trunk_conv.bias"] = state["conv_body.bias"]
    with pytest.raises(
        ValueError, match=r"expected one tensor for conv_body\.bias, got a second one named trunk"
    ):
        rrdbnet_from(state)


def test_far_block_numbers_do_not_build_a_far_larger_network() -> None:
    state = _tiny()
    state["body.999999999.rdb1.conv1.weight"] = torch.zeros(1)
    with pytest.raises(ValueError, match=r"unknown: body\.999999999\.rdb1\.conv1\.weight"):
        rrdbnet_from(state)
