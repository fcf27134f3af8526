"""Published names and shapes are taken, anything else is named and refused."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.rainnet_checkpoint import build_rainnet, decode_rainnet

RAIN_VECTORS = ("foreground_gamma", "foreground_beta", "background_gamma", "background_beta")


def published(width: int = 2, channels_in: int = 3, device: str = "cpu") -> dict[str, Tensor]:
    """A state dict with the names and shapes of ``net_G_last.pth``, written out by hand."""
    eight = 8 * width
    inner = "unet_block.submodule.submodule.submodule"
    shapes: dict[str, tuple[int, ...]] = {
        "model_layer0.weight": (width, channels_in, 4, 4),
        "model_layer1.1.weight": (2 * width, width, 4, 4),
        "model_layer2.1.weight": (4 * width, 2 * width, 4, 4),
        "model_layer3.1.weight": (eight, 4 * width, 4, 4),
        f"{inner}.up.1.weight": (eight, eight, 4, 4),
        f"{inner}.up.3.weight": (eight, eight, 4, 4),
        "model_layer11.1.weight": (2 * eight, 4 * width, 4, 4),
        "model_layer12.1.weight": (eight, 2 * width, 4, 4),
        "model_layer13.1.weight": (4 * width, width, 4, 4),
        "model_layer11att.0.weight": (eight, eight, 1, 1),
        "model_layer11att.0.bias": (eight,),
        "model_layer12att.0.weight": (4 * width, 4 * width, 1, 1),
        "model_layer12att.0.bias": (4 * width,),
        "model_layer13att.0.weight": (2 * width, 2 * width, 1, 1),
        "model_layer13att.0.bias": (2 * width,),
        "model_out.1.weight": (2 * width, 3, 4, 4),
        "model_out.1.bias": (3,),
    }
    for block in ("unet_block", "unet_block.submodule", "unet_block.submodule.submodule"):
        shapes[f"{block}.down.1.weight"] = (eight, eight, 4, 4)
        shapes[f"{block}.up.1.weight"] = (2 * eight, eight, 4, 4)
    norms = {
        **{f"unet_block{'.submodule' * depth}.upnorm": eight for depth in range(4)},
        "model_layer11norm": 4 * width,
        "model_layer12norm": 2 * width,
        "model_layer13norm": width,
    }
    for norm, channels in norms.items():
        shapes.update({f"{norm}.{vector}": (channels,) for vector in RAIN_VECTORS})
    generator = None if device == "meta" else torch.Generator().manual_seed(5)
    return {
        name: torch.randn(shape, generator=generator, device=device) * 0.1 for name, shape in shapes.items()
    }


def saved(content: object) -> bytes:
    stream = io.BytesIO()
    torch.save(content, stream)
    return stream.getvalue()


def test_the_published_layout_at_full_size() -> None:
    state = published(64, device="meta")
    assert len(state) == 51
    network = build_rainnet(state)
    assert sum(weight.numel() for weight in network.parameters()) == 54_759_043
    assert network.shape.width == 64 and not network.training


@pytest.mark.parametrize("channels_in", [3, 4])
def test_every_weight_arrives_and_the_shape_is_inferred(channels_in: int) -> None:
    state = published(4, channels_in)
    network = decode_rainnet(saved(state))
    assert (network.shape.width, network.shape.channels_in) == (4, channels_in)
    loaded = network.state_dict()
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], value) for name, value in state.items())
    out = network(torch.rand(1, 3, 256, 256), torch.ones(1, 1, 256, 256))
    assert out.shape == (1, 3, 256, 256) and out.isfinite().all()


@pytest.mark.parametrize("prefix", ["module.", "netG.", "netG.module.", "generator."])
@pytest.mark.parametrize("wrapper", [None, "state_dict", "netG"])
def test_prefixes_and_wrappers_are_taken_off(prefix: str, wrapper: str | None) -> None:
    state = {f"{prefix}{name}": value for name, value in published().items()}
    state["discriminator.convg3.bias"] = torch.zeros(1)
    network = decode_rainnet(saved(state if wrapper is None else {wrapper: state, "epoch": 3}))
    assert torch.equal(network.state_dict()["model_out.1.bias"], published()["model_out.1.bias"])


def test_half_precision_weights_become_float32() -> None:
    network = build_rainnet({name: value.half() for name, value in published().items()})
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    assert all(weight.requires_grad for weight in network.parameters())


def test_all_that_is_wrong_is_named_at_once() -> None:
    state = published()
    del state["model_layer12att.0.bias"]
    state["model_layer12att.1.bias"] = torch.zeros(8)
    state["unet_block.up.1.weight"] = torch.zeros(16, 16, 4, 4)
    state["model_out.1.bias"] = torch.tensor([0.0, float("nan"), 0.0])
    with pytest.raises(ValueError) as error:
        build_rainnet(state)
    assert str(error.value) == (
        "RainNet weights: expected the 51 tensors of net_G_last.pth at width 2, "
        "got missing: model_layer12att.0.bias; unknown: model_layer12att.1.bias; "
        "of another shape: unet_block.up.1.weight (16, 16, 4, 4) instead of (32, 16, 4, 4); "
        "not finite: model_out.1.bias; use the file as published"
    )


def test_long_lists_are_cut() -> None:
    with pytest.raises(ValueError, match=r"missing: .* and 44 more; use the file as published"):
        build_rainnet({"model_layer0.weight": published()["model_layer0.weight"]})


def test_another_network_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected one tensor model_layer0\.weight.*got conv_first\.weight"):
        decode_rainnet(saved({"conv_first.weight": torch.zeros(1)}))
    with pytest.raises(ValueError, match=r"expected model_layer0\.weight of shape .* got \(2, 7, 4, 4\)"):
        build_rainnet(published(2, 7))
    with pytest.raises(ValueError, match="expected tensors alone, got of another kind: epoch"):
        decode_rainnet(saved({**published(), "epoch": 3}))
    with pytest.raises(ValueError, match="expected tensors by name, got list"):
        decode_rainnet(saved([torch.zeros(1)]))


def test_damaged_files_are_refused_in_one_line() -> None:
    whole = saved(published())
    for data in (b"", whole[:1000], whole[: len(whole) // 2], b"<html>not here</html>"):
        with pytest.raises(ValueError, match="a file that cannot be read so") as error:
            decode_rainnet(data)
        assert "\n" not in str(error.value)


def test_a_file_that_holds_code_is_refused_and_not_run(tmp_path: Path) -> None:
    target = tmp_path / "ran"

    class Code:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (target,)  # type: ignore[return-value]

    for data in (saved({"model_layer0.weight": Code()}), pickle.dumps(Code())):
        with pytest.raises(ValueError, match="a file that cannot be read so"):
            decode_rainnet(data)
    assert not target.exists()
