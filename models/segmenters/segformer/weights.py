"""Build a SegFormer from its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, count, shape
from models.checkpoints.names import StateDict
from models.segmenters.segformer.names import from_mmsegmentation, to_mmsegmentation
from models.segmenters.segformer.network import SIZES, SegFormer

_BACKBONE = "backbone."


def segformer_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> SegFormer:
    """Return the network on the tensors' device, in eval mode; classes and size follow from the tensors.

    The names are MMSegmentation's, or those of the network itself. Raises ValueError for other tensors;
    messages start with ``name``.
    """
    classes = shape(state, "decode_head.conv_seg.weight", 4, name)[0]
    own = {
        **{key: value for key, value in state.items() if not key.startswith(_BACKBONE)},
        **{f"{_BACKBONE}{key}": value for key, value in from_mmsegmentation(backbone_of(state)).items()},
    }
    size = encoder_size(backbone_of(own), name)
    return build_strict(lambda: SegFormer(classes=classes, size=size), own, name)


def mmsegmentation_state(network: SegFormer) -> StateDict:
    """Return the network's tensors under MMSegmentation's names."""
    state = network.state_dict()
    others = {key: value for key, value in state.items() if not key.startswith(_BACKBONE)}
    encoder = to_mmsegmentation(backbone_of(state))
    return {**{f"{_BACKBONE}{key}": value for key, value in encoder.items()}, **others}


def encoder_size(encoder: Mapping[str, Tensor], name: str) -> int:
    """Return 0 to 5 from the encoder's tensors, named as those of ``transformers``. ValueError for others."""
    first = shape(encoder, "stages.0.layer_norm.weight", 1, name)[0]
    blocks = tuple(
        count(encoder, f"stages.{stage}.blocks.", ".layernorm_before.weight") for stage in range(4)
    )
    for size, known in SIZES.items():
        if known == (first, blocks):
            return size
    raise ValueError(
        f"{name}: expected SegFormer b0 to b5, got {blocks} blocks of which the first have {first} channels; "
        "use a file of one of these"
    )


def backbone_of(state: Mapping[str, Tensor]) -> StateDict:
    """Return the backbone's tensors without their prefix."""
    return {key.removeprefix(_BACKBONE): value for key, value in state.items() if key.startswith(_BACKBONE)}
