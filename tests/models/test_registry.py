"""The table of networks: complete, and light enough for commands."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import get_args

import pytest
import torch

from models.enlarging import EnlargingNetwork
from models.identify import load
from models.registry import (
    NETWORKS,
    WITH_WEIGHTS,
    Network,
    Role,
    imported,
    network_named,
    networks_for,
    sizes_of,
)
from models.segmenters.network import FaceSegmenter
from tests.models.published import glean, rrdbnet, tensors

TINY = {
    "rrdbnet": rrdbnet(width=2, blocks=1, growth=1),
    "glean": glean(8, [2, 2, 2], styles=2, mapping=1, width=2, blocks=1, growth=1, head=2),
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=lambda network: network.name)
def test_what_an_entry_names_is_there_and_takes_what_it_is_given(network: Network) -> None:
    inspect.signature(imported(network.loader)).bind({}, "x.pth")
    if network.role == "harmoniser":
        given = {"device": "cpu", "batch": 1, "precision": "float32"}
        inspect.signature(imported(network.runner)).bind(object(), **given)
    if network.role == "segmenter":
        assert isinstance(imported(network.runner)(width=8), FaceSegmenter)
    assert network_named(network.name) is network and network.modules
    assert (network.name in WITH_WEIGHTS) is (network.role != "segmenter")


def test_every_role_has_its_networks() -> None:
    assert sorted(name for role in get_args(Role) for name in networks_for(role)) == sorted(NETWORKS)
    assert networks_for("harmoniser") == ("rainnet",) and networks_for("segmenter") == ("unet",)
    with pytest.raises(ValueError, match="expected one of glean, rrdbnet as network, got 'rainnet'"):
        network_named("rainnet", networks_for("upscaler"))


@pytest.mark.parametrize("name", networks_for("upscaler"))
def test_upscalers_enlarge_tiles_by_their_factor(name: str) -> None:
    module = load(name, tensors(TINY[name])).module
    assert isinstance(module, EnlargingNetwork)
    side = module.tile_side or 4 * module.fold
    low, high = module.value_range
    with torch.inference_mode():
        made = module(torch.full((1, 3, side, side), (low + high) / 2))
    assert made.shape == (1, 3, side * module.factor, side * module.factor)


@pytest.mark.parametrize("name", networks_for("segmenter"))
def test_segmenters_give_one_logit_a_pixel(name: str) -> None:
    row = NETWORKS[name]
    module = imported(row.runner)(width=8)
    side = 2 * module.multiple
    assert module(torch.rand(2, 3, side, module.multiple)).shape == (2, 1, side, module.multiple)
    again = imported(row.loader)(module.state_dict(), "x")
    assert sizes_of(row, again) == sizes_of(row, module)


def test_listing_networks_imports_no_torch() -> None:
    code = "import sys; import models.registry, assets.weights.files; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
