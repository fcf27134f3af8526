"""Load VGG16 from published weights."""

from __future__ import annotations

from itertools import accumulate

from models.checkpoints.build import build_strict, shape
from models.checkpoints.read import CheckpointSource, named, read_content
from models.checkpoints.select import unwrapped
from models.vgg.network import BLOCKS, VGGConfig, VGGFeatures

# Tensors after the features in the whole network (1000 classes).
_LATER = tuple(
    f"{layer}.{part}"
    for layer in ("features.24", "features.26", "features.28", "classifier.0", "classifier.3", "classifier.6")
    for part in ("weight", "bias")
)


def load_vgg(source: CheckpointSource, name: str | None = None) -> VGGFeatures:
    """Load the features of torchvision's published VGG16 (``vgg16-397923af.pth``), on the CPU, frozen.

    Later convolutions and the classifier are dropped by name, if present. Raises
    FileNotFoundError, and ValueError unless the file holds exactly the tensors of VGG16.
    """
    name = named(source, name)
    return vgg_from(read_content(source, name), name)


def vgg_from(content: object, name: str = "checkpoint") -> VGGFeatures:
    """Build the features from the content of a file."""
    state = unwrapped(content, ["features.0.weight"], name)
    kept = {key: value for key, value in state.items() if key not in _LATER}
    # Each block has its convolutions, their ReLUs and one halving.
    starts = [0, *accumulate(2 * repeats + 1 for repeats in BLOCKS[:-1])]
    widths = tuple(shape(kept, f"features.{start}.weight", 4, name)[0] for start in starts)
    network = build_strict(lambda: VGGFeatures(VGGConfig(widths=widths)), kept, name)
    return network.requires_grad_(False)
