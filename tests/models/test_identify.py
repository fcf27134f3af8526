from __future__ import annotations

import pytest
import torch

from assets.weights.registry import registry
from models.identify import identify, load
from models.vgg.network import VGGFeatures
from tests.models.published import glean, prior, rainnet, rrdbnet, tensors

TINY = {
    "rrdbnet": (rrdbnet(width=2, blocks=1, growth=1), {"scale": 4, "blocks": 1, "width": 2, "growth": 1}),
    "glean": (
        glean(8, [2, 2, 2], styles=2, mapping=1, width=2, blocks=1, growth=1, head=2),
        {"scale": 2, "in_size": 8, "out_size": 16},
    ),
    "rainnet": (rainnet(1), {"width": 1, "channels": 3}),
    "stylegan2": (prior("", [2, 2], 2, 1), {"size": 8}),
}


@pytest.mark.parametrize("network", TINY)
@pytest.mark.parametrize("prefix", ["", "module.", "generator.", "generator_ema."])
def test_networks_are_told_in_any_wrapping(network: str, prefix: str) -> None:
    shapes, sizes = TINY[network]
    state = {f"{prefix}{key}": value for key, value in tensors(shapes).items()}
    for known in (identify(state)[0], load(network, state)):
        assert (known.network, dict(known.sizes)) == (network, sizes)
        assert known.state().keys() == shapes.keys()
        assert known.parameters == sum(value.numel() for value in state.values())


def test_a_published_prior_gives_its_averaged_weights_without_its_discriminator() -> None:
    state = tensors(prior("", [2, 2], 2, 1))
    file = {f"generator_ema.{key}": value for key, value in state.items()}
    file |= {f"generator.{key}": value + 1 for key, value in state.items()}
    known, selection = identify(file | {"discriminator.convs.0.weight": torch.ones(1)})
    assert (selection.key, selection.left) == ("generator_ema", ("generator", "discriminator"))
    assert known.network == "stylegan2" and all(
        value.equal(state[key]) for key, value in known.state().items()
    )


def test_vgg_is_told_with_its_classifier() -> None:
    with torch.device("meta"):
        full = dict(VGGFeatures().state_dict())
    known, _ = identify(full)
    assert known.network == "vgg16" and known.parameters == registry()["vgg16"].parameters


def test_others_are_refused() -> None:
    with pytest.raises(ValueError) as error:
        identify({f"layer{index}.weight": torch.zeros(1) for index in range(9)}, "x.pth")
    assert str(error.value) == (
        "x.pth: expected the tensors of one of glean, rrdbnet, rainnet, stylegan2, vgg16, pspnet, deeplabv3plus, segformer, encoder-unet, "
        "efficientnet-lite, got layer0.weight, "
        "layer1.weight, layer2.weight, layer3.weight, layer4.weight and 4 more; use a file of one of these networks"
    )
    with pytest.raises(ValueError, match="x: expected a tensor named model_layer0"):
        load("rainnet", tensors(TINY["rrdbnet"][0]), "x")
    with pytest.raises(ValueError, match=r"expected one of glean, .* as network, got 'unet'"):
        load("unet", {})


def test_a_key_that_leads_to_no_network_lists_those_that_do() -> None:
    state = tensors(TINY["rainnet"][0])
    with pytest.raises(ValueError) as error:
        identify({"state_dict": state, "mine": state}, "x", "nothing")
    assert str(error.value) == (
        "x: expected weights under --key nothing, got none; weights lie under state_dict, mine: say which by --key, "
        "such as --key state_dict"
    )
    with pytest.raises(
        ValueError, match="x: expected weights under --key a, got none; no network of ours lies in"
    ):
        identify({"a": torch.zeros(1)}, "x", "a")
    with pytest.raises(
        ValueError, match=r"under a name such as state_dict, got others; weights lie under mine: say"
    ):
        identify({"mine": state}, "x")
    assert identify({"mine": state}, "x", "mine")[1].key == "mine"


def test_weights_that_do_not_fit_name_the_others_of_the_file() -> None:
    state = tensors(TINY["rainnet"][0])
    ema = {key: value for key, value in state.items() if not key.endswith("bias")}
    with pytest.raises(
        ValueError, match=r"^x, ema: expected exactly .* missing: .*; or choose by --key: net, ema$"
    ):
        identify({"net": state, "ema": ema}, "x")


def test_a_file_of_no_network_says_what_it_lacks_for_the_wanted_one() -> None:
    state = tensors(TINY["rainnet"][0])
    del state["model_layer0.1.weight" if "model_layer0.1.weight" in state else "model_layer0.weight"]
    with pytest.raises(ValueError, match=r"^x: expected a tensor named model_layer0\S*, got "):
        identify(state, "x", wanted="rainnet")
    with pytest.raises(ValueError, match=r"^x: expected the tensors of one of glean"):
        identify(state, "x")
