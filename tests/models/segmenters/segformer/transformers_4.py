"""SegFormers of ``transformers``, and their tensors under the names that it wrote before version 5.

Source of the names: huggingface/transformers, conversion_mapping.py of 5 (``SegformerModel``), and
models/segformer/{convert_segformer_original_to_pytorch,modeling_segformer}.py of 4.
"""

from __future__ import annotations

import re

import torch
from torch import Tensor
from transformers import SegformerConfig, SegformerForImageClassification, SegformerForSemanticSegmentation

# Some of the names in published files of b0, with their shapes.
PUBLISHED = {
    "segformer.encoder.patch_embeddings.0.proj.weight": (32, 3, 7, 7),
    "segformer.encoder.patch_embeddings.3.layer_norm.bias": (256,),
    "segformer.encoder.block.0.0.layer_norm_1.weight": (32,),
    "segformer.encoder.block.1.1.attention.self.query.weight": (64, 64),
    "segformer.encoder.block.1.1.attention.self.key.bias": (64,),
    "segformer.encoder.block.1.1.attention.self.value.weight": (64, 64),
    "segformer.encoder.block.1.1.attention.self.sr.weight": (64, 64, 4, 4),
    "segformer.encoder.block.1.1.attention.self.layer_norm.weight": (64,),
    "segformer.encoder.block.1.1.attention.output.dense.weight": (64, 64),
    "segformer.encoder.block.3.0.layer_norm_2.bias": (256,),
    "segformer.encoder.block.3.0.mlp.dense1.weight": (1024, 256),
    "segformer.encoder.block.3.0.mlp.dwconv.dwconv.weight": (1024, 1, 3, 3),
    "segformer.encoder.block.3.0.mlp.dense2.weight": (256, 1024),
    "segformer.encoder.layer_norm.3.weight": (256,),
}
PUBLISHED_HEAD = {
    "decode_head.linear_c.0.proj.weight": (256, 32),
    "decode_head.linear_fuse.weight": (256, 1024, 1, 1),
    "decode_head.batch_norm.running_mean": (256,),
    "decode_head.classifier.bias": (5,),
}
_RENAMED = {
    "decode_head.linear_projections.": "decode_head.linear_c.",
    "layernorm_before": "layer_norm_1",
    "layernorm_after": "layer_norm_2",
    "attention.q_proj": "attention.self.query",
    "attention.k_proj": "attention.self.key",
    "attention.v_proj": "attention.self.value",
    "attention.sequence_reduction.sequence_reduction": "attention.self.sr",
    "attention.sequence_reduction.layer_norm": "attention.self.layer_norm",
    "attention.o_proj": "attention.output.dense",
    "mlp.fc1": "mlp.dense1",
    "mlp.fc2": "mlp.dense2",
}


def segmenter(classes: int) -> SegformerForSemanticSegmentation:
    """An untrained b0; small weights, so that the norms' epsilon shows in the scores."""
    network = SegformerForSemanticSegmentation(SegformerConfig(num_labels=classes)).eval()
    generator = torch.Generator().manual_seed(0)
    small = ("embeddings.proj", "sequence_reduction.sequence_reduction", "o_proj", "fc2")
    with torch.no_grad():
        for name, value in network.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if "embeddings.layer_norm" in name:
                value.copy_(noise / 256)
            elif "norm" in name and name.endswith("weight"):
                value.copy_(1 + noise / 8)
            else:
                value.copy_(noise * (0.0005 if any(part in name for part in small) else 0.1))
        network.decode_head.batch_norm.running_mean.normal_(generator=generator)
    return network


def classifier() -> SegformerForImageClassification:
    """An untrained b0 for ImageNet's classes."""
    return SegformerForImageClassification(SegformerConfig(num_labels=1000, reshape_last_stage=False))


def former_names(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as ``transformers`` 4 named them."""
    found = {}
    for key, value in state.items():
        key = re.sub(r"stages\.(\d)\.patch_embeddings\.", r"encoder.patch_embeddings.\1.", key)
        key = re.sub(r"stages\.(\d)\.blocks\.", r"encoder.block.\1.", key)
        key = re.sub(r"stages\.(\d)\.layer_norm\.", r"encoder.layer_norm.\1.", key)
        for name, former in _RENAMED.items():
            key = key.replace(name, former)
        found[key] = value
    return found
