"""Names of the encoder's tensors: those of ``transformers``, of MMSegmentation, and of NVIDIA's MiT.

``transformers`` renamed them in version 5; published files have the former names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from models.checkpoints.names import StateDict

# In each pattern, S is the number of the stage from 0 (from 1 at NVIDIA), B that of the block.
_STAGE = {
    # transformers: (MMSegmentation, NVIDIA)
    "patch_embeddings.proj": ("0.projection", "patch_embed{s}.proj"),
    "patch_embeddings.layer_norm": ("0.norm", "patch_embed{s}.norm"),
    "layer_norm": ("2", "norm{s}"),
}
_BLOCK = {
    "layernorm_before": ("norm1", "norm1"),
    "layernorm_after": ("norm2", "norm2"),
    "attention.o_proj": ("attn.attn.out_proj", "attn.proj"),
    "attention.sequence_reduction.sequence_reduction": ("attn.sr", "attn.sr"),
    "attention.sequence_reduction.layer_norm": ("attn.norm", "attn.norm"),
    "mlp.fc1": ("ffn.layers.0", "mlp.fc1"),
    "mlp.dwconv.dwconv": ("ffn.layers.1", "mlp.dwconv.dwconv"),
    "mlp.fc2": ("ffn.layers.4", "mlp.fc2"),
}
# What transformers 4 called a block's parts.
_FORMER_BLOCK = {
    "layer_norm_1": "layernorm_before",
    "layer_norm_2": "layernorm_after",
    "attention.self.query": "attention.q_proj",
    "attention.self.key": "attention.k_proj",
    "attention.self.value": "attention.v_proj",
    "attention.self.sr": "attention.sequence_reduction.sequence_reduction",
    "attention.self.layer_norm": "attention.sequence_reduction.layer_norm",
    "attention.output.dense": "attention.o_proj",
    "mlp.dense1": "mlp.fc1",
    "mlp.dwconv.dwconv": "mlp.dwconv.dwconv",
    "mlp.dense2": "mlp.fc2",
}
# One tensor of MMSegmentation, and two of NVIDIA, hold the three projections, one above the other.
_PROJECTIONS = ("q_proj", "k_proj", "v_proj")


def to_mmsegmentation(state: Mapping[str, Tensor]) -> StateDict:
    """Return the encoder's tensors under MMSegmentation's names, with 1x1 convolutions for ``mlp.fc``."""
    found: StateDict = {}
    for stage, block, name, kind in _split(state):
        value = state[_name(stage, block, name, kind)]
        if block is None:
            found[f"layers.{stage}.{_STAGE[name][0]}.{kind}"] = value
        elif name.startswith("attention.") and name[10:] in _PROJECTIONS:
            if name.endswith("q_proj"):
                parts = [state[_name(stage, block, f"attention.{one}", kind)] for one in _PROJECTIONS]
                found[f"layers.{stage}.1.{block}.attn.attn.in_proj_{kind}"] = torch.cat(parts)
        else:
            if name in ("mlp.fc1", "mlp.fc2") and kind == "weight":
                value = value[..., None, None]
            found[f"layers.{stage}.1.{block}.{_BLOCK[name][0]}.{kind}"] = value
    return found


def to_nvidia(state: Mapping[str, Tensor]) -> StateDict:
    """Return the encoder's tensors under the names of NVIDIA's MiT."""
    found: StateDict = {}
    for stage, block, name, kind in _split(state):
        value = state[_name(stage, block, name, kind)]
        if block is None:
            found[f"{_STAGE[name][1].format(s=stage + 1)}.{kind}"] = value
            continue
        before = f"block{stage + 1}.{block}"
        if name == "attention.q_proj":
            found[f"{before}.attn.q.{kind}"] = value
        elif name == "attention.k_proj":
            other = state[_name(stage, block, "attention.v_proj", kind)]
            found[f"{before}.attn.kv.{kind}"] = torch.cat([value, other])
        elif name != "attention.v_proj":
            found[f"{before}.{_BLOCK[name][1]}.{kind}"] = value
    return found


def from_mmsegmentation(state: Mapping[str, Tensor]) -> StateDict:
    """Return tensors of MMSegmentation's encoder under the names of ``transformers``; others stay."""
    stages = {names[0]: name for name, names in _STAGE.items()}
    blocks = {names[0]: name for name, names in _BLOCK.items()}
    found: StateDict = {}
    for key, value in state.items():
        if match := re.fullmatch(r"layers\.(\d)\.1\.(\d+)\.attn\.attn\.in_proj_(weight|bias)", key):
            for one, part in zip(_PROJECTIONS, value.chunk(3), strict=True):
                found[_name(int(match[1]), int(match[2]), f"attention.{one}", match[3])] = part
        elif (match := re.fullmatch(r"layers\.(\d)\.1\.(\d+)\.(.+)\.(weight|bias)", key)) and match[
            3
        ] in blocks:
            if match[3] in ("ffn.layers.0", "ffn.layers.4") and value.ndim == 4:
                value = value.flatten(1)
            found[_name(int(match[1]), int(match[2]), blocks[match[3]], match[4])] = value
        elif (match := re.fullmatch(r"layers\.(\d)\.(.+)\.(weight|bias)", key)) and match[2] in stages:
            found[_name(int(match[1]), None, stages[match[2]], match[3])] = value
        else:
            found[key] = value
    return found


def from_nvidia(state: Mapping[str, Tensor]) -> StateDict:
    """Return tensors of NVIDIA's MiT under the names of ``transformers``; others stay."""
    stages = {names[1].removesuffix("{s}").replace("{s}", "#"): name for name, names in _STAGE.items()}
    blocks = {names[1]: name for name, names in _BLOCK.items()}
    found: StateDict = {}
    for key, value in state.items():
        if match := re.fullmatch(r"block(\d)\.(\d+)\.attn\.(q|kv)\.(weight|bias)", key):
            names = _PROJECTIONS[:1] if match[3] == "q" else _PROJECTIONS[1:]
            for one, part in zip(names, value.chunk(len(names)), strict=True):
                found[_name(int(match[1]) - 1, int(match[2]), f"attention.{one}", match[4])] = part
        elif (match := re.fullmatch(r"block(\d)\.(\d+)\.(.+)\.(weight|bias)", key)) and match[3] in blocks:
            found[_name(int(match[1]) - 1, int(match[2]), blocks[match[3]], match[4])] = value
        elif match := re.fullmatch(r"(patch_embed|norm)(\d)(\.proj|\.norm|)\.(weight|bias)", key):
            name = stages[f"{match[1]}#{match[3]}" if match[3] else match[1]]
            found[_name(int(match[2]) - 1, None, name, match[4])] = value
        else:
            found[key] = value
    return found


def from_transformers_4(state: Mapping[str, Tensor]) -> StateDict:
    """Return tensors of the encoder of ``transformers`` before 5 under the names since; others stay."""
    found: StateDict = {}
    for key, value in state.items():
        if (match := re.fullmatch(r"block\.(\d)\.(\d+)\.(.+)\.(weight|bias)", key)) and match[
            3
        ] in _FORMER_BLOCK:
            found[_name(int(match[1]), int(match[2]), _FORMER_BLOCK[match[3]], match[4])] = value
        elif match := re.fullmatch(
            r"(patch_embeddings|layer_norm)\.(\d)(\.proj|\.layer_norm|)\.(weight|bias)", key
        ):
            found[_name(int(match[2]), None, f"{match[1]}{match[3]}", match[4])] = value
        else:
            found[key] = value
    return found


def _split(state: Mapping[str, Tensor]) -> list[tuple[int, int | None, str, str]]:
    """Stage, block (None: of the stage), name and kind of each tensor. ValueError for another name."""
    found: list[tuple[int, int | None, str, str]] = []
    for key in state:
        match = re.fullmatch(r"stages\.(\d)\.(?:blocks\.(\d+)\.)?(.+)\.(weight|bias)", key)
        if match is None:
            raise ValueError(f"{key}: expected a tensor of the encoder of transformers, got another name")
        block = None if match[2] is None else int(match[2])
        found.append((int(match[1]), block, match[3], match[4]))
    return found


def _name(stage: int, block: int | None, name: str, kind: str) -> str:
    within = "" if block is None else f"blocks.{block}."
    return f"stages.{stage}.{within}{name}.{kind}"
