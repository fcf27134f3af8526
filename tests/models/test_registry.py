"""The table of networks: complete, and light enough for commands."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import get_args

import pytest
import torch

from models.registry import (
    NETWORKS,
    WITH_WEIGHTS,
    Network,
    Role,
    imported,
    network_named,
    networks_for,
)
from models.segmenters.network import FaceSegmenter


@pytest.mark.parametrize("network", NETWORKS.values(), ids=lambda network: network.name)
def test_names_of_an_entry_exist_and_take_its_arguments(network: Network) -> None:
    inspect.signature(imported(network.loader)).bind({}, "x.pth")
    if network.role == "harmoniser":
        given = {"device": "cpu", "batch": 1, "precision": "float32"}
        inspect.signature(imported(network.runner)).bind(object(), **given)
    if network.role == "segmenter":
        with torch.device("meta"):
            assert isinstance(imported(network.runner)(classes=1), FaceSegmenter)
    assert network_named(network.name) is network and network.modules
    assert (network.name in WITH_WEIGHTS) is (network.name != "unet")


def test_every_role_has_its_networks() -> None:
    assert sorted(name for role in get_args(Role) for name in networks_for(role)) == sorted(NETWORKS)
    assert networks_for("harmoniser") == ("rainnet",) and networks_for("backbone") == ("efficientnet-lite",)
    with pytest.raises(ValueError, match="expected one of glean, rrdbnet as network, got 'rainnet'"):
        network_named("rainnet", networks_for("upscaler"))


def test_listing_networks_imports_no_torch() -> None:
    code = "import sys; import models.registry, assets.weights.files; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
