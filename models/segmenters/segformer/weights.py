"""A SegFormer from tensors named as one of three programs names them, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor

from models.checkpoints.build import build_strict, count, shape
from models.checkpoints.names import StateDict
from models.segmenters.segformer.heads import Program
from models.segmenters.segformer.names import (
    from_mmsegmentation,
    from_nvidia,
    from_transformers_4,
    to_mmsegmentation,
    to_nvidia,
)
from models.segmenters.segformer.network import SIZES, SegFormer

_BACKBONE, _HEAD = "backbone.", "decode_head."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Naming:
    """How a program names a network's tensors."""

    program: Program
    # The convolution to the classes: it tells programs apart, and has the shape (classes, width, 1, 1).
    classifier: str
    # Other beginnings of the encoder's names, the longest first.
    encoder: tuple[str, ...] = ()
    # The encoder's names to those of transformers 5.
    renamed: Callable[[Mapping[str, Tensor]], StateDict]
    # Beginnings in the head: that of the file, and ours.
    head: tuple[str, str] = ("", "")
    # Tensors of the head that no score depends on.
    unused: tuple[str, ...] = ()


_NAMINGS = (
    _Naming(
        program="nvidia",
        classifier=f"{_HEAD}linear_pred.weight",
        renamed=from_nvidia,
        # Of the class that NVIDIA's head inherits from.
        unused=(f"{_HEAD}conv_seg.weight", f"{_HEAD}conv_seg.bias"),
    ),
    _Naming(
        program="transformers",
        classifier=f"{_HEAD}classifier.weight",
        encoder=("segformer.encoder.", "segformer."),
        renamed=from_transformers_4,
        head=(f"{_HEAD}linear_c.", f"{_HEAD}linear_projections."),
    ),
    _Naming(program="mmsegmentation", classifier=f"{_HEAD}conv_seg.weight", renamed=from_mmsegmentation),
)


def segformer_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> SegFormer:
    """Return the network on the tensors' device, in eval mode; all sizes follow from the tensors.

    The names are those of the network itself, of MMSegmentation, of NVIDIA, or of ``transformers``; the
    head's say whose norms and head the network has. Raises ValueError for other tensors; messages start with
    ``name``.
    """
    naming = next((one for one in _NAMINGS if one.classifier in state), _NAMINGS[-1])
    classes, width = shape(state, naming.classifier, 4, name)[:2]
    own = dict(_own(state, naming))
    size = encoder_size(backbone_of(own), name)
    return build_strict(
        lambda: SegFormer(classes=classes, size=size, program=naming.program, width=width), own, name
    )


def published_state(network: SegFormer) -> StateDict:
    """Return the network's tensors under the names of MMSegmentation or NVIDIA, whose head it has.

    Raises ValueError for a network of ``transformers``, whose norms neither of them computes.
    """
    if network.program == "transformers":
        raise ValueError(
            "expected a SegFormer with the norms of MMSegmentation or NVIDIA, got one of transformers, which "
            "neither computes; use --format onnx"
        )
    renamed = to_nvidia if network.program == "nvidia" else to_mmsegmentation
    state = network.state_dict()
    encoder = renamed(backbone_of(state))
    others = {key: value for key, value in state.items() if not key.startswith(_BACKBONE)}
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


def _own(state: Mapping[str, Tensor], naming: _Naming) -> Iterator[tuple[str, Tensor]]:
    """The tensors under the names of ``SegFormer``."""
    encoder: StateDict = {}
    for key, value in state.items():
        before = next((one for one in (*naming.encoder, _BACKBONE) if key.startswith(one)), "")
        if before:
            encoder[key.removeprefix(before)] = value
        elif key.startswith(naming.head[0]) and naming.head[0]:
            yield naming.head[1] + key.removeprefix(naming.head[0]), value
        elif key not in naming.unused:
            yield key, value
    for key, value in naming.renamed(encoder).items():
        yield f"{_BACKBONE}{key}", value
