"""Names and shapes of checkpoints that MMSegmentation 0.x writes, listed from its configurations and modules.

Sources: configs/_base_/models/{pspnet_r50-d8,deeplabv3plus_r50-d8}.py, mmseg/models/backbones/resnet.py
(ResNetV1c: ``deep_stem``), mmseg/models/decode_heads/{psp,aspp,sep_aspp,fcn}_head.py, and mmcv's ConvModule
(``conv``, ``bn``) and DepthwiseSeparableConvModule (``depthwise_conv``, ``pointwise_conv``). The checkpoint
``deeplabv3plus_r101_512x512_face-occlusion-93ec6695.pth`` has the second configuration with two classes.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

Shapes = dict[str, tuple[int, ...]]
_BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}


def pspnet(depth: int, classes: int) -> Shapes:
    found = dict(_resnet_v1c(depth))
    for number in range(4):
        found |= _conv_module(f"decode_head.psp_modules.{number}.1", 2048, 512, 1)
    found |= _conv_module("decode_head.bottleneck", 4 * 512 + 2048, 512, 3)
    return found | _ends(classes)


def deeplabv3plus(depth: int, classes: int) -> Shapes:
    found = dict(_resnet_v1c(depth))
    found |= _conv_module("decode_head.image_pool.1", 2048, 512, 1)
    found |= _conv_module("decode_head.aspp_modules.0", 2048, 512, 1)
    for number in (1, 2, 3):
        found |= _separable(f"decode_head.aspp_modules.{number}", 2048)
    found |= _conv_module("decode_head.bottleneck", 5 * 512, 512, 3)
    found |= _conv_module("decode_head.c1_bottleneck", 256, 48, 1)
    found |= _separable("decode_head.sep_bottleneck.0", 512 + 48)
    found |= _separable("decode_head.sep_bottleneck.1", 512)
    return found | _ends(classes)


def checkpoint(shapes: Shapes) -> dict[str, object]:
    """A file of these tensors, in half precision, as MMSegmentation's runner saves them."""
    generator = torch.Generator().manual_seed(0)
    state: dict[str, Tensor] = {}
    for name, shape in shapes.items():
        if name.endswith("num_batches_tracked"):
            state[name] = torch.tensor(160_000)
        elif name.endswith(("bn.running_var", "running_var")):
            state[name] = torch.ones(shape, dtype=torch.float16)
        else:
            state[name] = (torch.rand(shape, generator=generator) / 16).half()
    return {"meta": {"epoch": 1, "iter": 30_000, "CLASSES": ("background", "face")}, "state_dict": state}


def _ends(classes: int) -> Shapes:
    ends = dict(_conv_module("auxiliary_head.convs.0", 1024, 256, 3))
    for head, channels in (("decode_head", 512), ("auxiliary_head", 256)):
        ends |= {f"{head}.conv_seg.weight": (classes, channels, 1, 1), f"{head}.conv_seg.bias": (classes,)}
    return ends


def _resnet_v1c(depth: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    for place, (before, after) in {0: (3, 32), 3: (32, 32), 6: (32, 64)}.items():
        yield f"backbone.stem.{place}.weight", (after, before, 3, 3)
        yield from _norm(f"backbone.stem.{place + 1}", after)
    before = 64
    for stage, blocks in enumerate(_BLOCKS[depth]):
        width = 64 << stage
        for block in range(blocks):
            name = f"backbone.layer{stage + 1}.{block}"
            for number, shape in enumerate(
                ((width, before, 1, 1), (width, width, 3, 3), (4 * width, width, 1, 1)), 1
            ):
                yield f"{name}.conv{number}.weight", shape
                yield from _norm(f"{name}.bn{number}", shape[0])
            if block == 0:
                yield f"{name}.downsample.0.weight", (4 * width, before, 1, 1)
                yield from _norm(f"{name}.downsample.1", 4 * width)
            before = 4 * width


def _conv_module(name: str, before: int, after: int, size: int) -> Shapes:
    return {f"{name}.conv.weight": (after, before, size, size)} | dict(_norm(f"{name}.bn", after))


def _separable(name: str, before: int) -> Shapes:
    depthwise = {f"{name}.depthwise_conv.conv.weight": (before, 1, 3, 3)}
    norm = dict(_norm(f"{name}.depthwise_conv.bn", before))
    return depthwise | norm | _conv_module(f"{name}.pointwise_conv", before, 512, 1)


def _norm(name: str, channels: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    for kind in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.{kind}", (channels,)
    yield f"{name}.num_batches_tracked", ()
