from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
import torch

from models.segmenters.checkpoint import (
    SegmenterMetadata,
    decode_segmenter,
    encode_segmenter,
    format_of,
    read_segmenter,
)
from models.segmenters.encoder_unet.network import EncoderUNet
from models.segmenters.pspnet.network import PSPNet
from models.segmenters.segformer.heads import PROGRAMS, Program
from models.segmenters.segformer.network import SegFormer
from models.segmenters.unet.network import UNet
from tests.models.published import saved
from tests.models.segmenters.segformer import nvidia
from tests.models.segmenters.segformer.transformers_4 import segmenter

FORMER = format_of("unet")
METADATA = SegmenterMetadata(
    size=64,
    started_from="efficientnet-lite0, sha256 0123, Apache-2.0",
    selected_on="held-out validation",
    data=({"name": "sample", "version": "0123456789ab", "weight": 1.0},),
    licences=("CC0-1.0",),
    occlusion={"shares": {"natocc": 0.5}},
    metrics={"RealOcc": {"face_iou": 0.9}},
    schedule={"steps": 3},
    written_by="natocc 0",
)


def changed(data: bytes, **values: Any) -> bytes:
    content = torch.load(io.BytesIO(data), weights_only=True)
    return saved({**content, **values})


def test_a_network_comes_back_with_its_shape_weights_and_metadata() -> None:
    network = UNet(width=8, depth=2)
    back = read_segmenter(encode_segmenter(network, "unet", METADATA))
    picture = torch.rand(1, 3, 16, 16)
    assert torch.equal(back.network(picture), network(picture)) and not back.network.training
    assert (back.variant, back.metadata, back.size) == ("unet", METADATA, 64)


def test_equal_weights_are_equal_bytes() -> None:
    data = encode_segmenter(UNet(width=8, depth=1), "unet", METADATA)
    again = read_segmenter(data)
    assert encode_segmenter(again.network, again.variant, again.metadata) == data


def test_a_variant_comes_back() -> None:
    back = read_segmenter(encode_segmenter(EncoderUNet(encoder="lite0"), "unet-lite0"))
    assert back.variant == "unet-lite0" and isinstance(back.network, EncoderUNet)
    assert back.network.encoder_name == "lite0"


def test_the_former_format_is_read() -> None:
    whole = saved({"format": FORMER, "width": 8, "state_dict": UNet(width=8, depth=1).state_dict()})
    back = read_segmenter(whole)
    assert (back.network.multiple, back.variant, back.metadata) == (2, "unet", SegmenterMetadata())


@pytest.mark.parametrize(
    ("content", "variant"),
    [
        ({"meta": {"iter": 1}, "state_dict": PSPNet(depth=18).state_dict()}, "pspnet-resnet18"),
        ({f"module.{key}": value for key, value in EncoderUNet().state_dict().items()}, "unet-resnet18"),
        (nvidia.checkpoint(0, 3), "segformer-b0"),
        (segmenter(3).state_dict(), "segformer-b0"),
    ],
)
def test_checkpoints_of_others_are_recognised(content: Mapping[str, object], variant: str) -> None:
    back = read_segmenter(saved(content), "x.pth")
    assert (back.variant, back.size) == (variant, 512)
    assert back.metadata.started_from == "a checkpoint of another program, x.pth"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_segformer_keeps_its_program_and_width(program: Program) -> None:
    network = SegFormer(size=0, program=program, width=32)
    back = read_segmenter(encode_segmenter(network, "segformer-b0"))
    assert isinstance(back.network, SegFormer)
    assert (back.network.program, back.network.width) == (program, 32)


def test_another_content_is_refused() -> None:
    whole = encode_segmenter(UNet(width=8, depth=1), "unet", METADATA)
    weights = UNet(width=8, depth=2).state_dict()
    del weights["up.0.0.weight"]
    for data, message in [
        (
            saved({"format": "other"}),
            r"^x: expected a checkpoint of natocc train-segmenter, or of .*unet in a",
        ),
        (saved({"format": FORMER}), "x: expected tensors by name, got a NoneType"),
        (
            saved({"format": FORMER, "state_dict": weights}),
            r"tensors of UNet, got missing: up\.0\.0\.weight;",
        ),
        (whole[: len(whole) // 2], "x: expected a checkpoint of tensors alone, got one that is damaged"),
        (changed(whole, variant="unet-lite0"), "expected the checkpoint that its hash names, got another"),
        (changed(whole, metadata="{}"), "it is damaged or was changed; copy the file again"),
    ]:
        with pytest.raises(ValueError, match=message):
            decode_segmenter(data, "x")
    with pytest.raises(ValueError, match=r"expected one of .*unet as network, got 'vnet'"):
        encode_segmenter(UNet(width=8, depth=1), "vnet")
