"""Load RainNet from its published weights."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.build import build_strict, shape
from models.checkpoints.read import CheckpointSource, named, read_content
from models.checkpoints.select import unwrapped
from models.rainnet.network import RainNet, RainNetConfig

# The tensor whose name gives the prefix and whose shape gives the configuration.
_FIRST = "model_layer0.weight"


def load_rainnet(source: CheckpointSource, name: str | None = None) -> RainNet:
    """Load the network of a ``net_G_last.pth``, on the CPU, in eval mode.

    ``source`` is the file's path or its bytes; error messages start with ``name``. Width and channels
    follow from the tensor shapes. Raises FileNotFoundError, and ValueError unless the file holds exactly
    the tensors of RainNet, with or without its discriminator.
    """
    name = named(source, name)
    return rainnet_from(read_content(source, name), name)


def rainnet_from(content: object, name: str = "checkpoint") -> RainNet:
    """Build RainNet from the content of a file; the tensors stay on their device."""
    state = unwrapped(content, [_FIRST], name)
    config = infer_rainnet(state, name)
    return build_strict(lambda: RainNet(config), state, name)


def infer_rainnet(state: Mapping[str, Tensor], name: str = "checkpoint") -> RainNetConfig:
    """Infer the configuration from the shapes. Raises ValueError for other tensors."""
    width, channels = shape(state, _FIRST, 4, name)[:2]
    if channels not in (3, 4):
        raise ValueError(
            f"{name}: expected {_FIRST} of 3 or 4 channels (with the mask), got {channels}; "
            "use net_G_last.pth as published"
        )
    return RainNetConfig(width=width, channels=channels)
