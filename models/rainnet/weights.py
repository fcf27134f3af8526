"""RainNet from its published weights."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from models.checkpoints.read import CheckpointSource, build_strict, named, read_state, shape, unwrapped
from models.rainnet.network import RainNet, RainNetConfig

# Its name gives the prefix, its shape the configuration.
_FIRST = "model_layer0.weight"


def load_rainnet(source: CheckpointSource, name: str | None = None) -> RainNet:
    """The network of a ``net_G_last.pth``, on the CPU, ready to predict.

    ``source`` is the file's path or its bytes; ``name`` begins the messages. Width and channels follow
    from the shapes of its tensors. Raises FileNotFoundError, and ValueError for anything but exactly the
    tensors of such a network, with or without its discriminator.
    """
    name = named(source, name)
    return rainnet_from(read_state(source, name), name)


def rainnet_from(state: Mapping[str, Tensor], name: str = "checkpoint") -> RainNet:
    """The same from tensors by name, which stay on their device."""
    state = unwrapped(state, [_FIRST], name)
    config = infer_rainnet(state, name)
    return build_strict(lambda: RainNet(config), state, name)


def infer_rainnet(state: Mapping[str, Tensor], name: str = "checkpoint") -> RainNetConfig:
    """The configuration, from the shapes. ValueError for other tensors."""
    width, channels = shape(state, _FIRST, 4, name)[:2]
    if channels not in (3, 4):
        raise ValueError(
            f"{name}: expected {_FIRST} of 3 or 4 channels (with the mask), got {channels}; "
            "use net_G_last.pth as published"
        )
    return RainNetConfig(width=width, channels=channels)
