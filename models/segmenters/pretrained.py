"""ImageNet weights of backbones, from files in the layouts in which they are published."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from models.checkpoints.contents import entries_of, tensor_keys
from models.checkpoints.names import StateDict, some
from models.checkpoints.select import NoSuchTensors, select
from models.segmenters.efficientnet_lite.weights import CLASSIFIER
from models.segmenters.network import FaceSegmenter
from models.segmenters.segformer.names import (
    from_mmsegmentation,
    from_nvidia,
    from_transformers_4,
)

# Modules of segmenters that hold a backbone.
_PLACES = ("backbone", "encoder")
# What stands before the backbone's names, in files of whole networks too.
_PREFIXES = ("", "backbone.", "encoder.", "segformer.", "segformer.encoder.")
# The convolutions of timm's deep stem by number, and those of MMSegmentation's; norms follow them.
_DEEP_STEM = {"conv1.0": "stem.0", "conv1.1": "stem.1", "conv1.3": "stem.3", "conv1.4": "stem.4"}
_DEEP_STEM |= {"conv1.6": "stem.6", "bn1": "stem.7"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """A way in which files name a backbone's tensors."""

    name: str
    # A tensor that only files of this layout have.
    marker: str
    # What follows the features and is left out.
    classifier: tuple[str, ...]
    renamed: Callable[[Mapping[str, Tensor]], StateDict] = dict


def _from_timm(state: Mapping[str, Tensor]) -> StateDict:
    """A deep stem's tensors under MMSegmentation's names."""
    found: StateDict = {}
    for key, value in state.items():
        before, _, kind = key.rpartition(".")
        found[f"{_DEEP_STEM[before]}.{kind}" if before in _DEEP_STEM else key] = value
    return found


_LAYOUTS = (
    _Layout(name="ResNetV1c of MMSegmentation", marker="stem.0.weight", classifier=("fc.",)),
    _Layout(
        name="ResNet with a deep stem of timm",
        marker="conv1.0.weight",
        classifier=("fc.",),
        renamed=_from_timm,
    ),
    _Layout(name="ResNet of torchvision", marker="layer1.0.conv1.weight", classifier=("fc.",)),
    _Layout(
        name="MiT of MMSegmentation",
        marker="layers.0.0.projection.weight",
        classifier=("head.",),
        renamed=from_mmsegmentation,
    ),
    _Layout(
        name="MiT of NVIDIA", marker="patch_embed1.proj.weight", classifier=("head.",), renamed=from_nvidia
    ),
    _Layout(name="EfficientNet-Lite", marker="_conv_stem.weight", classifier=CLASSIFIER),
    _Layout(name="MiT of transformers", marker="stages.0.layer_norm.weight", classifier=("classifier.",)),
    _Layout(
        name="MiT of transformers 4",
        marker="patch_embeddings.0.proj.weight",
        classifier=("classifier.",),
        renamed=from_transformers_4,
    ),
)


def load_backbone(segmenter: FaceSegmenter, content: object, name: str = "checkpoint") -> str:
    """Load a backbone's tensors into a segmenter; returns the name of the layout that they have.

    The layout is recognised by the tensors' names: torchvision's, MMSegmentation's, timm's, NVIDIA's,
    EfficientNet-Lite's or transformers', with or without ``backbone.``, ``encoder.`` or ``segformer.``. A
    classifier or a head beside the backbone is left out; everything else must match exactly.

    Raises ValueError for a segmenter without a backbone, a file of another layout, and tensors that do not
    fit; messages start with ``name``.
    """
    backbone = backbone_of_segmenter(segmenter)
    if backbone is None:
        kind = type(segmenter).__name__
        raise ValueError(f"{name}: expected a network with a backbone, got {kind}; leave the weights out")
    markers = [f"{before}{layout.marker}" for before in _PREFIXES for layout in _LAYOUTS]
    try:
        tensors = select(content, markers, name).tensors
    except NoSuchTensors:
        first, *others = tensor_keys(entries_of(content, name))
        more = f" and {len(others)} more" if others else ""
        raise ValueError(
            f"{name}: expected a ResNet, MiT or EfficientNet-Lite as published, got {some([first])}{more}; "
            "use a file of a layout that docs/segmenters.md lists"
        ) from None
    prefix, layout = next(
        (before, layout)
        for before in _PREFIXES
        for layout in _LAYOUTS
        if f"{before}{layout.marker}" in tensors
    )
    own = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
    features = {key: value for key, value in own.items() if not key.startswith(layout.classifier)}
    _load(backbone, layout.renamed(features), f"{name} ({layout.name})")
    return layout.name


def backbone_of_segmenter(segmenter: FaceSegmenter) -> nn.Module | None:
    """Return the part of the network that has ImageNet weights; None if there is none."""
    modules = dict(segmenter.named_children())
    return next((modules[place] for place in _PLACES if place in modules), None)


def _load(backbone: nn.Module, state: StateDict, name: str) -> None:
    """Raises ValueError unless names and shapes match exactly."""
    wanted = backbone.state_dict()
    if any(re.match(r"conv1\.weight", key) for key in state) != ("conv1.weight" in wanted) and (
        "stem.0.weight" in wanted or "stem.0.weight" in state
    ):
        stem = "a deep stem of three 3x3 convolutions" if "stem.0.weight" in wanted else "one 7x7 convolution"
        raise ValueError(
            f"{name}: expected a ResNet that begins with {stem}, got another stem; use weights of this form "
            "(for PSPNet and DeepLabv3+ those that MMSegmentation calls resnet…_v1c)"
        )
    if any(re.search(r"\.downsample\.2\.", key) for key in state):
        raise ValueError(
            f"{name}: expected a ResNet whose shortcuts are one convolution, got one that averages before it "
            "(resnet…d of timm, ResNetV1d); use resnet…c or ResNetV1c"
        )
    # Counters of batch norm are newer than some files.
    missing = [key for key in wanted if key not in state and not key.endswith(".num_batches_tracked")]
    unknown = [key for key in state if key not in wanted]
    shapes = [key for key in wanted if key in state and state[key].shape != wanted[key].shape]
    problems = (("missing", missing), ("unknown", unknown), ("of another shape", shapes))
    found = "; ".join(f"{kind}: {some(keys)}" for kind, keys in problems if keys)
    if found:
        raise ValueError(
            f"{name}: expected the tensors of {type(backbone).__name__}, got others ({found}); "
            "use weights of this depth or size"
        )
    backbone.load_state_dict(state, strict=False)
