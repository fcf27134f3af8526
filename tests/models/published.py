"""Names and shapes of published checkpoints, written out apart from the networks that load them."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

import torch
from torch import Tensor

Shapes = dict[str, tuple[int, ...]]


def tensors(shapes: Shapes, device: str = "cpu") -> dict[str, Tensor]:
    """Random tensors of these shapes, the same each time."""
    generator = torch.Generator().manual_seed(0) if device == "cpu" else None
    return {
        name: torch.randn(size, generator=generator) * 0.1
        if device == "cpu"
        else torch.empty(size, device=device)
        for name, size in shapes.items()
    }


def saved(content: object) -> bytes:
    """As ``torch.save`` writes it."""
    stream = io.BytesIO()
    torch.save(content, stream)
    return stream.getvalue()


def conv(name: str, before: int, after: int, kernel: int = 3) -> Shapes:
    return {f"{name}.weight": (after, before, kernel, kernel), f"{name}.bias": (after,)}


def trunk(prefix: str, channels: int, width: int, blocks: int, growth: int) -> Shapes:
    """The part that ESRGAN and GLEAN share."""
    shapes = conv(f"{prefix}conv_first", channels, width)
    for block in range(blocks):
        for dense in (1, 2, 3):
            for layer in range(5):
                after = width if layer == 4 else growth
                name = f"{prefix}body.{block}.rdb{dense}.conv{layer + 1}"
                shapes |= conv(name, width + layer * growth, after)
    return shapes | conv(f"{prefix}conv_body", width, width)


def rrdbnet(*, channels: int = 3, width: int = 64, blocks: int = 23, growth: int = 32) -> Shapes:
    """RRDBNet as in BasicSR, Real-ESRGAN and MMEditing."""
    shapes = trunk("", channels, width, blocks, growth)
    for name in ("conv_up1", "conv_up2", "conv_hr"):
        shapes |= conv(name, width, width)
    return shapes | conv("conv_last", width, 3)


def prior(prefix: str, channels: list[int], styles: int, mapping: int) -> Shapes:
    """StyleGAN2 as in MMGeneration; ``channels`` of 4, 8 … pixels."""
    shapes: Shapes = {}
    for layer in range(1, mapping + 1):
        shapes[f"{prefix}style_mapping.{layer}.linear.weight_orig"] = (styles, styles)
        shapes[f"{prefix}style_mapping.{layer}.bias"] = (styles,)
    shapes[f"{prefix}constant_input.input"] = (1, channels[0], 4, 4)

    def modulated(name: str, before: int, after: int, kernel: int) -> None:
        shapes[f"{prefix}{name}.conv.weight_orig"] = (1, after, before, kernel, kernel)
        shapes[f"{prefix}{name}.conv.style_modulation.linear.weight_orig"] = (before, styles)
        shapes[f"{prefix}{name}.conv.style_modulation.bias"] = (before,)

    def styled(name: str, before: int, after: int) -> None:
        modulated(name, before, after, 3)
        shapes[f"{prefix}{name}.noise_injector.weight"] = (1,)
        shapes[f"{prefix}{name}.activate.bias"] = (after,)

    def colours(name: str, before: int) -> None:
        modulated(name, before, 3, 1)
        shapes[f"{prefix}{name}.bias"] = (1, 3, 1, 1)

    styled("conv1", channels[0], channels[0])
    colours("to_rgb1", channels[0])
    for step, (before, after) in enumerate(pairwise(channels)):
        styled(f"convs.{2 * step}", before, after)
        shapes[f"{prefix}convs.{2 * step}.conv.blur.kernel"] = (4, 4)
        styled(f"convs.{2 * step + 1}", after, after)
        colours(f"to_rgbs.{step}", after)
        shapes[f"{prefix}to_rgbs.{step}.upsample.kernel"] = (4, 4)
    for layer in range(2 * len(channels) - 1):
        side = 2 ** ((layer + 5) // 2)
        shapes[f"{prefix}injected_noise_{layer}"] = (1, 1, side, side)
    return shapes


def glean(
    in_size: int,
    channels: list[int],
    *,
    styles: int = 512,
    mapping: int = 8,
    width: int = 64,
    blocks: int = 23,
    growth: int = 32,
    head: int = 64,
) -> Shapes:
    """GLEAN as in MMEditing, without the prefix of its trainer."""
    sides = {4 * 2**index: value for index, value in enumerate(channels)}
    shapes = prior("generator.", channels, styles, mapping)
    shapes |= trunk("encoder.0.0.", 3, width, blocks, growth) | conv("encoder.0.1", width, sides[in_size])
    side, block = in_size, 1
    while side > 4:
        shapes |= conv(f"encoder.{block}.0", sides[side], sides[side // 2])
        shapes |= conv(f"encoder.{block}.2", sides[side // 2], sides[side // 2])
        side, block = side // 2, block + 1
    shapes |= conv(f"encoder.{block}.0", channels[0], channels[0])
    latents = 2 * len(channels) * styles
    shapes[f"encoder.{block}.3.weight"] = (latents, 16 * channels[0])
    shapes[f"encoder.{block}.3.bias"] = (latents,)
    for index, (side, value) in enumerate(sides.items()):
        if side <= in_size:
            shapes |= conv(f"fusion_out.{index}", 2 * value, value)
            shapes |= conv(f"fusion_skip.{index}", value + 3, 3)
    larger = [side for side in sides if side >= in_size]
    for index, side in enumerate(larger):
        before = sides[side] * (1 if side == in_size else 2)
        if side < larger[-1]:
            shapes |= conv(f"decoder.{index}.upsample_conv", before, 4 * sides[2 * side])
        else:
            shapes |= conv(f"decoder.{index}.0", before, head) | conv(f"decoder.{index}.2", head, 3)
    return shapes


def rainnet(width: int = 64, channels: int = 3) -> Shapes:
    """RainNet's generator, ``net_G_last.pth``."""
    eight = 8 * width
    inner = "unet_block.submodule.submodule.submodule"
    shapes: Shapes = {
        "model_layer0.weight": (width, channels, 4, 4),
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
    for norm, size in norms.items():
        for vector in ("foreground_gamma", "foreground_beta", "background_gamma", "background_beta"):
            shapes[f"{norm}.{vector}"] = (size,)
    return shapes


def flipped(data: bytes) -> bytes:
    """A file of ``torch.save`` with a flipped bit in the middle of its largest member."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
        content = archive.read(largest)
    at = data.index(content) + len(content) // 2
    return data[:at] + bytes([data[at] ^ 8]) + data[at + 1 :]
