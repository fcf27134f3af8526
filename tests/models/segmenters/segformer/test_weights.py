from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional
from transformers import SegformerConfig, SegformerForSemanticSegmentation

from models.identify import Known, identify
from models.segmenters.layers.inputs import Normalise
from models.segmenters.segformer.heads import Program
from models.segmenters.segformer.network import MixTransformer, SegFormer
from models.segmenters.segformer.weights import published_state, segformer_from
from tests.models.segmenters.segformer import nvidia, transformers_4

IMAGES = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(5))


@pytest.fixture(scope="module")
def network() -> SegFormer:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return SegFormer(size=0).eval()


@pytest.fixture(scope="module")
def theirs() -> SegformerForSemanticSegmentation:
    with torch.random.fork_rng(devices=[]):
        return transformers_4.segmenter(5)


def scored(network: torch.nn.Module) -> Tensor:
    with torch.inference_mode():
        found: Tensor = network(IMAGES)
    return found


def scored_by_transformers(network: SegformerForSemanticSegmentation) -> Tensor:
    """The logits, enlarged to the pictures' size."""
    with torch.inference_mode():
        logits = network(Normalise()(IMAGES)).logits
    return functional.interpolate(logits, size=IMAGES.shape[2:], mode="bilinear", align_corners=False)


def test_a_file_of_mmsegmentation_gives_the_same_scores(network: SegFormer) -> None:
    state = published_state(network)
    assert state["decode_head.fusion_conv.conv.weight"].shape == (256, 1024, 1, 1)
    known, _ = identify({"state_dict": state}, "x.pth")
    assert (known.network, dict(known.sizes)) == ("segformer", {"classes": 2, "size": 0})
    assert torch.equal(scored(known.module), scored(network))


def opened(content: object, size: int, classes: int) -> tuple[Known, SegFormer]:
    known, _ = identify(content, "x.pth")
    assert (known.network, dict(known.sizes)) == ("segformer", {"classes": classes, "size": size})
    assert isinstance(known.module, SegFormer)
    return known, known.module


@pytest.mark.parametrize(("size", "width"), [(0, 256), (2, 768)])
def test_a_file_of_nvidia_scores_as_its_tensors_say(size: int, width: int) -> None:
    content = nvidia.checkpoint(size, 4)
    _, module = opened(content, size, 4)
    assert (module.program, module.width) == ("nvidia", width)
    state = content["state_dict"]
    assert isinstance(state, dict)
    expected = nvidia.scores(state, IMAGES)
    torch.testing.assert_close(scored(module), expected, rtol=1e-4, atol=2e-5)
    assert expected.std() > 0.1


def test_the_epsilons_of_nvidia_decide_the_scores() -> None:
    """The same network with those of another program gives other scores."""
    _, module = opened(nvidia.checkpoint(0, 4), 0, 4)
    ours, tensors = scored(module), module.backbone.state_dict()
    others: tuple[Program, ...] = ("mmsegmentation", "transformers")
    for program in others:
        module.backbone = MixTransformer(0, program).eval()
        module.backbone.load_state_dict(tensors)
        assert (scored(module) - ours).abs().max() > 0.01 * ours.abs().max(), program


def test_nvidia_s_names_there_and_back() -> None:
    content = nvidia.checkpoint(0, 3)
    state = content["state_dict"]
    assert isinstance(state, dict)
    again = published_state(opened(content, 0, 3)[1])
    unused = {"decode_head.conv_seg.weight", "decode_head.conv_seg.bias"}
    assert state.keys() - again.keys() == unused and again.keys() <= state.keys()
    assert all(torch.equal(value, state[key]) for key, value in again.items())
    assert published_state(segformer_from(again)).keys() == again.keys()


def test_transformers_computes_the_same_of_nvidia_s_tensors() -> None:
    """An implementation of another program, with NVIDIA's epsilons."""
    _, module = opened(nvidia.checkpoint(0, 5), 0, 5)
    theirs = SegformerForSemanticSegmentation(SegformerConfig(num_labels=5)).eval()
    state = {f"segformer.{key}": value for key, value in module.backbone.state_dict().items()}
    for key, value in module.decode_head.state_dict().items():
        for number in range(4):
            key = key.replace(f"linear_c{number + 1}.", f"linear_projections.{number}.")
        key = key.replace("linear_fuse.conv", "linear_fuse").replace("linear_fuse.bn", "batch_norm")
        state[f"decode_head.{key.replace('linear_pred', 'classifier')}"] = value
    theirs.load_state_dict(state)
    for name, norm in theirs.named_modules():
        if isinstance(norm, torch.nn.LayerNorm) and "embeddings" not in name and "reduction" not in name:
            norm.eps = 1e-6
    torch.testing.assert_close(scored(module), scored_by_transformers(theirs), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("former", (False, True))
def test_a_file_of_transformers_scores_as_there(
    theirs: SegformerForSemanticSegmentation, former: bool
) -> None:
    state = dict(theirs.state_dict())
    state = transformers_4.former_names(state) if former else state
    known, module = opened(state, 0, 5)
    assert (module.program, module.width) == ("transformers", 256)
    expected = scored_by_transformers(theirs)
    torch.testing.assert_close(scored(module), expected, rtol=1e-6, atol=1e-6)
    # Its own names tell the norms too.
    again = segformer_from(known.state())
    assert again.program == "transformers" and torch.equal(scored(again), scored(module))


def test_the_former_names_are_those_that_transformers_reads(
    theirs: SegformerForSemanticSegmentation, tmp_path: Path
) -> None:
    state = transformers_4.former_names(dict(theirs.state_dict()))
    published = transformers_4.PUBLISHED | transformers_4.PUBLISHED_HEAD
    assert {name: tuple(state[name].shape) for name in published} == published
    save_file(state, tmp_path / "model.safetensors", {"format": "pt"})
    (tmp_path / "config.json").write_text(json.dumps(theirs.config.to_dict()))
    again = SegformerForSemanticSegmentation.from_pretrained(tmp_path).eval()
    assert torch.equal(scored_by_transformers(again), scored_by_transformers(theirs))


def test_norms_of_transformers_have_no_layout_to_write(theirs: SegformerForSemanticSegmentation) -> None:
    module = segformer_from(theirs.state_dict())
    with pytest.raises(
        ValueError, match="got one of transformers, which neither computes; use --format onnx"
    ):
        published_state(module)


def test_other_tensors_are_refused(network: SegFormer) -> None:
    state = {key: value for key, value in network.state_dict().items() if "stages.2.blocks.1" not in key}
    with pytest.raises(ValueError, match=r"expected SegFormer b0 to b5, got \(2, 2, 1, 2\) blocks"):
        segformer_from(state)
    content = nvidia.checkpoint(0, 2)["state_dict"]
    assert isinstance(content, dict)
    del content["decode_head.linear_c2.proj.bias"]
    with pytest.raises(
        ValueError, match=r"x: expected exactly .* missing: decode_head\.linear_c2\.proj\.bias"
    ):
        segformer_from(content | {"decode_head.odd": torch.zeros(1)}, "x")
