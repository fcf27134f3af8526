from __future__ import annotations

import io

import pytest
import torch

from models.checkpoints.read import read_content
from models.identify import identify
from models.segmenters.deeplabv3plus.network import DeepLabV3Plus
from models.segmenters.deeplabv3plus.weights import deeplabv3plus_from
from tests.models.segmenters.mmsegmentation import checkpoint, deeplabv3plus


def test_a_file_as_published_loads_strictly() -> None:
    shapes = deeplabv3plus(101, 2)
    stream = io.BytesIO()
    torch.save(checkpoint(shapes), stream)
    known, selection = identify(read_content(stream.getvalue(), "x.pth"), "x.pth")
    assert (known.network, dict(known.sizes), selection.key) == (
        "deeplabv3plus",
        {"classes": 2},
        "state_dict",
    )
    assert {name: tuple(value.shape) for name, value in known.module.state_dict().items()} == shapes
    assert isinstance(known.module, DeepLabV3Plus) and known.module.backbone_name == "resnet101"
    weight = known.module.get_parameter("decode_head.sep_bottleneck.1.pointwise_conv.conv.weight")
    assert weight.dtype == torch.float32 and float(weight.detach().abs().max()) > 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decode_head.conv_seg.bias": None}, "missing: decode_head.conv_seg.bias"),
        ({"decode_head.extra": torch.zeros(1)}, "unknown: decode_head.extra"),
        (
            {"decode_head.conv_seg.bias": torch.zeros(3)},
            r"another shape: decode_head.conv_seg.bias \(expected",
        ),
    ],
)
def test_other_tensors_are_named(change: dict[str, torch.Tensor | None], message: str) -> None:
    state = DeepLabV3Plus(backbone="lite0").state_dict() | change
    given = {name: value for name, value in state.items() if value is not None}
    with pytest.raises(ValueError, match=message):
        deeplabv3plus_from(given)


def test_other_depths_are_refused() -> None:
    state = DeepLabV3Plus(backbone="resnet18").state_dict()
    shorter = {name: value for name, value in state.items() if not name.startswith("backbone.layer4.1.")}
    with pytest.raises(
        ValueError, match=r"expected a ResNet of depth 18, 50, 101, got \(2, 2, 2, 1\) blocks"
    ):
        deeplabv3plus_from(shorter)
