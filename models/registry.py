"""Which of the known networks a file's tensors are, told by their names and shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from models.checkpoints.read import State, unwrapped
from models.glean.network import GLEAN
from models.glean.weights import bank_from, glean_from
from models.rainnet.network import RainNet
from models.rainnet.weights import FIRST, rainnet_from
from models.rrdb.network import RRDBNet
from models.rrdb.weights import MARKERS, rrdbnet_from
from models.stylegan2.network import StyleGAN2
from models.vgg.weights import vgg_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A network of ours, filled."""

    # rrdbnet, glean, rainnet, stylegan2 or vgg16.
    network: str
    # Name and size of what makes one network of a kind differ from another.
    sizes: Mapping[str, int]
    module: nn.Module

    def state(self) -> State:
        """Its tensors under the names that loading expects, float32."""
        return dict(self.module.state_dict())

    @property
    def parameters(self) -> int:
        """Of all tensors that are saved."""
        return sum(value.numel() for value in self.module.state_dict().values())


# Names of which a network has one; a GLEAN holds a StyleGAN2, so that it is asked for first.
_MARKERS: Mapping[str, tuple[str, ...]] = {
    "glean": ("encoder.0.1.weight",),
    "rrdbnet": MARKERS,
    "rainnet": (FIRST,),
    "stylegan2": ("constant_input.input",),
    "vgg16": ("features.0.weight",),
}
_LOADERS: Mapping[str, Callable[[Mapping[str, Tensor], str], nn.Module]] = {
    "glean": glean_from,
    "rrdbnet": rrdbnet_from,
    "rainnet": rainnet_from,
    "stylegan2": bank_from,
    "vgg16": vgg_from,
}


def identify(state: Mapping[str, Tensor], name: str = "checkpoint") -> Known:
    """The network that these tensors make up, loaded strictly; ``name`` begins the messages.

    Raises ValueError where they are those of none, or do not fit the one whose names they have.
    """
    for network, markers in _MARKERS.items():
        try:
            unwrapped(state, markers, name)
        except ValueError:
            continue
        return load(network, state, name)
    some = ", ".join(" ".join(key.split())[:60] for key in list(state)[:3])
    more = f" and {len(state) - 3} more" if len(state) > 3 else ""
    raise ValueError(
        f"{name}: expected the tensors of one of {', '.join(_LOADERS)}, got {some}{more}; "
        "use a file of one of these networks"
    )


def load(network: str, state: Mapping[str, Tensor], name: str = "checkpoint") -> Known:
    """The same where the kind is known. ValueError for anything but the tensors of such a network."""
    if network not in _LOADERS:
        raise ValueError(f"{name}: expected one of {', '.join(_LOADERS)} as network, got {network!r}")
    module = _LOADERS[network](state, name)
    return Known(network=network, sizes=_sizes(module), module=module)


def _sizes(module: nn.Module) -> Mapping[str, int]:
    if isinstance(module, RRDBNet):
        config = module.config
        return {
            "scale": config.scale,
            "blocks": config.blocks,
            "width": config.width,
            "growth": config.growth,
        }
    if isinstance(module, GLEAN):
        return {
            "scale": module.config.scale,
            "in_size": module.config.in_size,
            "out_size": module.config.out_size,
        }
    if isinstance(module, StyleGAN2):
        return {"size": module.config.size}
    if isinstance(module, RainNet):
        return {"width": module.config.width, "channels": module.config.channels}
    return {}
