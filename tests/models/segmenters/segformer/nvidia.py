"""NVIDIA's SegFormer: names and shapes of its checkpoints, and what it computes, from the tensors alone.

Sources: NVlabs/SegFormer, mmseg/models/backbones/mix_transformer.py (``OverlapPatchEmbed`` and ``Attention`` make
norms with torch's epsilon, ``mit_b0`` to ``mit_b5`` give blocks and stages 1e-6), decode_heads/segformer_head.py
and decode_head.py (``conv_seg``, which the head does not use), local_configs/segformer (the widths).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor
from torch.nn import functional

from models.segmenters.layers.inputs import Normalise

Shapes = dict[str, tuple[int, ...]]
CHANNELS = {0: (32, 64, 160, 256), 1: (64, 128, 320, 512), 2: (64, 128, 320, 512)}
BLOCKS = {0: (2, 2, 2, 2), 1: (2, 2, 2, 2), 2: (3, 4, 6, 3)}
WIDTHS = {0: 256, 1: 256, 2: 768}
_HEADS, _REDUCTIONS = (1, 2, 5, 8), (8, 4, 2, 1)


def shapes(size: int, classes: int) -> Shapes:
    """Of the network of a published checkpoint's ``state_dict``."""
    return dict(_encoder(size)) | dict(_head(size, classes))


def checkpoint(size: int, classes: int) -> dict[str, object]:
    """A file as NVIDIA's runner saves it; small weights, so that the norms' epsilon shows in the scores."""
    generator = torch.Generator().manual_seed(0)
    state: dict[str, Tensor] = {}
    for name, shape in shapes(size, classes).items():
        if name.endswith("num_batches_tracked"):
            state[name] = torch.tensor(160_000)
        elif name.endswith("running_var"):
            state[name] = torch.rand(shape, generator=generator) + 0.5
        elif "patch" in name and "norm" in name:
            state[name] = torch.randn(shape, generator=generator) / 256
        elif "norm" in name and name.endswith("weight"):
            state[name] = 1 + torch.randn(shape, generator=generator) / 8
        else:
            small = ".proj." in name or ".sr." in name or ".fc2." in name
            scale = 0.0005 if small and name.startswith("backbone") else 0.1
            state[name] = torch.randn(shape, generator=generator) * scale
    return {"meta": {"epoch": 1, "CLASSES": [str(one) for one in range(classes)]}, "state_dict": state}


def scores(state: Mapping[str, Tensor], images: Tensor) -> Tensor:
    """(N, classes, H, W) of images (N, 3, H, W), RGB in [0, 1]."""
    features = []
    found = Normalise()(images)
    for stage in range(4):
        found = _stage(state, stage, found)
        features.append(found)
    joined = []
    for stage in (3, 2, 1, 0):
        linear = _of(state, f"decode_head.linear_c{stage + 1}.proj")
        one = torch.einsum("nchw,dc->ndhw", features[stage], linear[0]) + linear[1][:, None, None]
        joined.append(_resized(one, features[0]))
    fused = functional.conv2d(torch.cat(joined, 1), state["decode_head.linear_fuse.conv.weight"])
    mean, variance = (state[f"decode_head.linear_fuse.bn.running_{one}"] for one in ("mean", "var"))
    fused = functional.batch_norm(fused, mean, variance, *_of(state, "decode_head.linear_fuse.bn"))
    return _resized(functional.conv2d(fused.relu(), *_of(state, "decode_head.linear_pred")), images)


def _stage(state: Mapping[str, Tensor], stage: int, images: Tensor) -> Tensor:
    patch = f"backbone.patch_embed{stage + 1}"
    size, stride = (7, 4) if stage == 0 else (3, 2)
    planes = functional.conv2d(images, *_of(state, f"{patch}.proj"), stride=stride, padding=size // 2)
    height, width = planes.shape[2:]
    tokens = _normed(state, f"{patch}.norm", planes.flatten(2).mT, 1e-5)
    block = 0
    while f"backbone.block{stage + 1}.{block}.norm1.weight" in state:
        name = f"backbone.block{stage + 1}.{block}"
        inner = _normed(state, f"{name}.norm1", tokens, 1e-6)
        tokens = tokens + _attention(state, f"{name}.attn", stage, inner, height, width)
        inner = _normed(state, f"{name}.norm2", tokens, 1e-6)
        hidden = functional.linear(inner, *_of(state, f"{name}.mlp.fc1"))
        depthwise = _of(state, f"{name}.mlp.dwconv.dwconv")
        planes = hidden.mT.unflatten(2, (height, width))
        hidden = functional.conv2d(planes, *depthwise, padding=1, groups=planes.shape[1]).flatten(2).mT
        tokens = tokens + functional.linear(functional.gelu(hidden), *_of(state, f"{name}.mlp.fc2"))
        block += 1
    return _normed(state, f"backbone.norm{stage + 1}", tokens, 1e-6).mT.unflatten(2, (height, width))


def _attention(
    state: Mapping[str, Tensor], name: str, stage: int, tokens: Tensor, height: int, width: int
) -> Tensor:
    heads, ratio = _HEADS[stage], _REDUCTIONS[stage]
    queries = functional.linear(tokens, *_of(state, f"{name}.q"))
    reduced = tokens
    if ratio > 1:
        planes = functional.conv2d(
            tokens.mT.unflatten(2, (height, width)), *_of(state, f"{name}.sr"), stride=ratio
        )
        reduced = _normed(state, f"{name}.norm", planes.flatten(2).mT, 1e-5)
    # One row of keys above one of values, each of one head after another.
    keys, values = functional.linear(reduced, *_of(state, f"{name}.kv")).chunk(2, dim=-1)
    found = []
    for query, key, value in zip(*(one.chunk(heads, dim=-1) for one in (queries, keys, values)), strict=True):
        found.append((query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value)
    return functional.linear(torch.cat(found, -1), *_of(state, f"{name}.proj"))


def _of(state: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return state[f"{name}.weight"], state[f"{name}.bias"]


def _normed(state: Mapping[str, Tensor], name: str, tokens: Tensor, epsilon: float) -> Tensor:
    return functional.layer_norm(tokens, tokens.shape[-1:], *_of(state, name), eps=epsilon)


def _resized(planes: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(planes, size=like.shape[2:], mode="bilinear", align_corners=False)


def _encoder(size: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    before = 3
    for stage, (channels, blocks) in enumerate(zip(CHANNELS[size], BLOCKS[size], strict=True)):
        kernel, ratio = 7 if stage == 0 else 3, _REDUCTIONS[stage]
        patch = f"backbone.patch_embed{stage + 1}"
        yield from _layer(f"{patch}.proj", channels, before, kernel, kernel)
        yield from _layer(f"{patch}.norm", channels)
        for block in range(blocks):
            name = f"backbone.block{stage + 1}.{block}"
            yield from _layer(f"{name}.norm1", channels)
            yield from _layer(f"{name}.attn.q", channels, channels)
            yield from _layer(f"{name}.attn.kv", 2 * channels, channels)
            yield from _layer(f"{name}.attn.proj", channels, channels)
            if ratio > 1:
                yield from _layer(f"{name}.attn.sr", channels, channels, ratio, ratio)
                yield from _layer(f"{name}.attn.norm", channels)
            yield from _layer(f"{name}.norm2", channels)
            yield from _layer(f"{name}.mlp.fc1", 4 * channels, channels)
            yield from _layer(f"{name}.mlp.dwconv.dwconv", 4 * channels, 1, 3, 3)
            yield from _layer(f"{name}.mlp.fc2", channels, 4 * channels)
        yield from _layer(f"backbone.norm{stage + 1}", channels)
        before = channels


def _head(size: int, classes: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    width = WIDTHS[size]
    yield from _layer("decode_head.conv_seg", classes, 128, 1, 1)
    for stage, channels in enumerate(CHANNELS[size], 1):
        yield from _layer(f"decode_head.linear_c{stage}.proj", width, channels)
    yield "decode_head.linear_fuse.conv.weight", (width, 4 * width, 1, 1)
    yield from _layer("decode_head.linear_fuse.bn", width)
    for kind in ("mean", "var"):
        yield f"decode_head.linear_fuse.bn.running_{kind}", (width,)
    yield "decode_head.linear_fuse.bn.num_batches_tracked", ()
    yield from _layer("decode_head.linear_pred", classes, width, 1, 1)


def _layer(name: str, *shape: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", shape
    yield f"{name}.bias", shape[:1]
