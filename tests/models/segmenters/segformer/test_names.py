from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
import torch
from torch import Tensor

from models.segmenters.segformer.names import (
    from_mmsegmentation,
    from_nvidia,
    from_transformers_4,
    to_mmsegmentation,
    to_nvidia,
)
from models.segmenters.segformer.network import MixTransformer
from tests.models.segmenters.segformer.transformers_4 import PUBLISHED, former_names

Renaming = Callable[[Mapping[str, Tensor]], dict[str, Tensor]]
# Some names of mmseg/models/backbones/mit.py, and of NVlabs/SegFormer's mix_transformer.py, with their shapes.
MMSEGMENTATION = {
    "layers.0.0.projection.weight": (32, 3, 7, 7),
    "layers.0.0.norm.bias": (32,),
    "layers.1.1.1.norm1.weight": (64,),
    "layers.1.1.1.attn.attn.in_proj_weight": (192, 64),
    "layers.1.1.1.attn.attn.in_proj_bias": (192,),
    "layers.1.1.1.attn.attn.out_proj.weight": (64, 64),
    "layers.1.1.1.attn.sr.weight": (64, 64, 4, 4),
    "layers.1.1.1.attn.norm.weight": (64,),
    "layers.3.1.0.ffn.layers.0.weight": (1024, 256, 1, 1),
    "layers.3.1.0.ffn.layers.1.weight": (1024, 1, 3, 3),
    "layers.3.1.0.ffn.layers.4.weight": (256, 1024, 1, 1),
    "layers.3.2.weight": (256,),
}
NVIDIA = {
    "patch_embed1.proj.weight": (32, 3, 7, 7),
    "patch_embed1.norm.bias": (32,),
    "block2.1.norm1.weight": (64,),
    "block2.1.attn.q.weight": (64, 64),
    "block2.1.attn.kv.weight": (128, 64),
    "block2.1.attn.kv.bias": (128,),
    "block2.1.attn.proj.weight": (64, 64),
    "block2.1.attn.sr.weight": (64, 64, 4, 4),
    "block2.1.attn.norm.weight": (64,),
    "block4.0.mlp.fc1.weight": (1024, 256),
    "block4.0.mlp.dwconv.dwconv.weight": (1024, 1, 3, 3),
    "block4.0.mlp.fc2.bias": (256,),
    "norm4.weight": (256,),
}


@pytest.fixture(scope="module")
def encoder() -> dict[str, Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return dict(MixTransformer(0).state_dict())


@pytest.mark.parametrize(
    ("there", "back", "names"),
    [(to_mmsegmentation, from_mmsegmentation, MMSEGMENTATION), (to_nvidia, from_nvidia, NVIDIA)],
)
def test_names_there_and_back(
    encoder: dict[str, Tensor], there: Renaming, back: Renaming, names: dict[str, tuple[int, ...]]
) -> None:
    other = there(encoder)
    assert {name: tuple(other[name].shape) for name in names} == names
    again = back(other)
    assert again.keys() == encoder.keys()
    assert all(torch.equal(again[name], value) for name, value in encoder.items())


def test_the_three_projections_lie_one_above_the_other(encoder: dict[str, Tensor]) -> None:
    names = [f"stages.0.blocks.0.attention.{one}_proj.weight" for one in "qkv"]
    query, key, value = (encoder[name] for name in names)
    joined = to_mmsegmentation(encoder)["layers.0.1.0.attn.attn.in_proj_weight"]
    assert torch.equal(joined[:32], query) and torch.equal(joined[64:], value)
    assert torch.equal(to_nvidia(encoder)["block1.0.attn.kv.weight"], torch.cat([key, value]))


def test_the_former_names_of_transformers(encoder: dict[str, Tensor]) -> None:
    former = former_names(encoder)
    prefix = "segformer.encoder."
    names = {f"encoder.{name.removeprefix(prefix)}": shape for name, shape in PUBLISHED.items()}
    assert {name: tuple(former[name].shape) for name in names} == names
    again = from_transformers_4({key.removeprefix("encoder."): value for key, value in former.items()})
    assert again.keys() == encoder.keys()
    assert all(torch.equal(again[name], value) for name, value in encoder.items())


def test_unknown_names_stay_for_the_loader_to_report() -> None:
    odd = {"layers.0.1.0.attn.odd.weight": torch.zeros(1), "head.weight": torch.zeros(1)}
    assert all(rename(odd) == odd for rename in (from_mmsegmentation, from_nvidia, from_transformers_4))
    with pytest.raises(ValueError, match="odd: expected a tensor of the encoder of transformers"):
        to_nvidia({"odd": torch.zeros(1)})
