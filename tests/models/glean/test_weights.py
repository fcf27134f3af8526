from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.glean.network import GLEANConfig
from models.glean.weights import glean_from, load_glean, load_prior, prior_from
from models.stylegan2.network import StyleGAN2Config
from tests.models.published import glean, prior, tensors

CHANNELS = [16, 16, 8, 4]
SMALL = {"styles": 6, "mapping": 2, "width": 5, "blocks": 2, "growth": 3, "head": 7}
TINY = GLEANConfig(
    in_size=8,
    prior=StyleGAN2Config(channels=tuple(CHANNELS), styles=6, mapping_layers=2),
    width=5,
    blocks=2,
    growth=3,
    head=7,
)
PUBLISHED = [512, 512, 512, 512, 512, 256, 128, 64, 32]


def _tiny(in_size: int = 8) -> dict[str, Tensor]:
    return tensors(glean(in_size, CHANNELS, **SMALL))


@pytest.mark.parametrize(("in_size", "out_size"), [(16, 256), (32, 256), (64, 1024), (128, 1024)])
def test_published_names_and_shapes_load_at_full_size(in_size: int, out_size: int) -> None:
    shapes = glean(
        in_size,
        [
            c
            for side, c in zip((4, 8, 16, 32, 64, 128, 256, 512, 1024), PUBLISHED, strict=True)
            if side <= out_size
        ],
    )
    network = glean_from(tensors(shapes, "meta"))
    assert network.config == GLEANConfig.published(in_size, out_size) and not network.training
    assert {name: tuple(value.shape) for name, value in network.state_dict().items()} == shapes


def test_spots_of_the_published_layout() -> None:
    shapes = glean(128, PUBLISHED)
    assert shapes["encoder.0.1.weight"] == (256, 64, 3, 3)
    assert shapes["encoder.6.3.weight"] == (18 * 512, 8192)
    assert shapes["generator.injected_noise_16"] == (1, 1, 1024, 1024)
    assert shapes["generator.convs.15.conv.weight_orig"] == (1, 32, 32, 3, 3)
    assert shapes["fusion_skip.5.weight"] == (3, 259, 3, 3)
    assert shapes["decoder.3.0.weight"] == (64, 64, 3, 3)


@pytest.mark.parametrize("prefix", ["", "generator.", "module.generator."])
def test_with_and_without_its_trainer_it_is_the_same_network(prefix: str, tmp_path: Path) -> None:
    state = _tiny()
    content = {f"{prefix}{name}": value for name, value in state.items()}
    if prefix:
        beside = prefix.replace("generator.", "")
        content |= {
            f"{beside}discriminator.convs.0.weight": torch.zeros(1),
            f"{beside}perceptual_loss.x": torch.zeros(1),
        }
    torch.save({"meta": {"iter": 1}, "state_dict": content}, tmp_path / "glean.pth")
    network = load_glean(tmp_path / "glean.pth")
    assert network.config == TINY
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert not any(weight.requires_grad for weight in network.generator.parameters())
    assert network(torch.zeros(1, 3, 8, 8)).shape == (1, 3, 32, 32)


def test_the_input_size_follows_from_the_shapes() -> None:
    assert [glean_from(_tiny(size)).config.in_size for size in (4, 8, 16)] == [4, 8, 16]


def test_misfits_are_named() -> None:
    state = _tiny()
    del state["fusion_skip.1.bias"], state["generator.to_rgbs.2.upsample.kernel"]
    state["generator.convs.6.activate.bias"] = torch.zeros(1)
    state["encoder.7.weight"] = torch.zeros(1)
    with pytest.raises(ValueError) as caught:
        glean_from(state, "mine.pth")
    assert (
        "mine.pth: expected exactly the 159 tensors of GLEAN, got "
        "missing: generator.to_rgbs.2.upsample.kernel, fusion_skip.1.bias; "
        "unknown: generator.convs.6.activate.bias, encoder.7.weight; use the published file"
    ) in str(caught.value)


def test_a_prior_that_is_missing_is_named_with_its_prefix() -> None:
    state = {name: value for name, value in _tiny().items() if not name.startswith("generator.")}
    with pytest.raises(
        ValueError, match=r"expected a tensor generator\.conv1\.conv\.weight_orig, which is missing"
    ):
        glean_from(state)


def test_parts_of_two_networks_are_refused() -> None:
    state = _tiny()
    other = tensors(prior("generator.", [16, 16, 8], 6, 2))
    mixed = {name: value for name, value in state.items() if not name.startswith("generator.")} | other
    with pytest.raises(ValueError, match="expected 6 latents of 6 for a prior of 16 pixels, got 48 values"):
        glean_from(mixed)
    with pytest.raises(ValueError, match=r"expected a tensor named encoder\.0\.1\.weight, got constant"):
        glean_from({"constant_input.input": torch.zeros(1)})


@pytest.mark.parametrize("prefix", ["", "generator.", "generator_ema."])
def test_a_prior_alone_loads(prefix: str, tmp_path: Path) -> None:
    state = tensors(prior("", CHANNELS, 6, 2))
    content = {f"{prefix}{name}": value for name, value in state.items()}
    if prefix:
        content["discriminator.convs.0.weight"] = torch.zeros(1)
    if prefix == "generator_ema.":
        content |= {f"generator.{name}": value * 0 for name, value in state.items()}
    torch.save({"state_dict": content}, tmp_path / "prior.pth")
    network = load_prior(tmp_path / "prior.pth")
    assert network.config == TINY.prior
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())


def test_a_published_prior_has_its_names_and_shapes() -> None:
    shapes = prior("", PUBLISHED, 512, 8)
    network = prior_from(tensors(shapes, "meta"))
    assert network.config == StyleGAN2Config.published(1024)
    assert {name: tuple(value.shape) for name, value in network.state_dict().items()} == shapes
