"""The networks by name: what each is for, how its weights are recognised, and what loads and runs it.

Imports nothing heavy, so that commands can list networks. Entries name functions as ``module:function``;
``imported`` imports them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# upscaler: enlarges pictures (models/upscaling). harmoniser: fits an occluder to its picture. segmenter:
# picture to visible face. prior, features: parts that trainings of others need.
Role = Literal["upscaler", "harmoniser", "segmenter", "prior", "features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One architecture."""

    # In headers of weights, in messages, and as an option's value.
    name: str
    role: Role
    # ``loader(tensors by name, label)`` gives the network, loaded strictly; ``label`` begins its messages.
    loader: str
    # A file of this network's weights has a tensor of one of these names, in any wrapping.
    markers: tuple[str, ...] = ()
    # Fields of the network's ``config``, or of itself, that tell networks of this architecture apart.
    sizes: tuple[str, ...] = ()
    # A harmoniser's ``runner(network, device=…, batch=…, precision=…)`` is a HarmoniserRunner. A segmenter's
    # ``runner(width=…)`` is a FaceSegmenter to be trained (models/segmenters/network.py). Upscalers are run
    # by models/upscaling.
    runner: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that its results depend on, beside those that run any network of its role."""
        return tuple(sorted({path.partition(":")[0] for path in (self.loader, self.runner) if path}))


class HarmoniserRunner(Protocol):
    """A harmoniser's network on its device. ``batch``: how many pictures go at a time by now."""

    @property
    def batch(self) -> int: ...

    def __call__(self, composites: NDArray[np.uint8], mattes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Composites (uint8 N x H x W x 3, RGB), harmonised where mattes (uint8 N x H x W) are 128 or more.

        Raises ValueError where the network or the memory fails.
        """
        ...


NETWORKS = {
    network.name: network
    for network in (
        # A GLEAN holds a StyleGAN2, so it comes first where files are identified.
        Network(
            name="glean",
            role="upscaler",
            loader="models.glean.weights:glean_from",
            markers=("encoder.0.1.weight",),
            sizes=("scale", "in_size", "out_size"),
        ),
        Network(
            name="rrdbnet",
            role="upscaler",
            loader="models.rrdb.weights:rrdbnet_from",
            markers=("conv_first.weight", "model.0.weight"),
            sizes=("scale", "blocks", "width", "growth"),
        ),
        Network(
            name="rainnet",
            role="harmoniser",
            loader="models.rainnet.weights:rainnet_from",
            markers=("model_layer0.weight",),
            sizes=("width", "channels"),
            runner="models.rainnet.runner:RainNetRunner",
        ),
        Network(
            name="stylegan2",
            role="prior",
            loader="models.glean.weights:prior_from",
            markers=("constant_input.input",),
            sizes=("size",),
        ),
        Network(
            name="vgg16",
            role="features",
            loader="models.vgg.weights:vgg_from",
            markers=("features.0.weight",),
        ),
        Network(
            name="unet",
            role="segmenter",
            loader="models.segmenters.unet.weights:unet_from",
            sizes=("width", "depth"),
            runner="models.segmenters.unet.network:UNet",
        ),
    )
}
# Those whose weights lie in the folder of weights.
WITH_WEIGHTS = tuple(network.name for network in NETWORKS.values() if network.markers)


def networks_for(role: Role) -> tuple[str, ...]:
    """The names of a role's networks."""
    return tuple(network.name for network in NETWORKS.values() if network.role == role)


def network_named(name: str, among: Iterable[str] = NETWORKS) -> Network:
    """The entry. Raises ValueError for a name that is not ``among`` those expected."""
    if name not in among:
        raise ValueError(f"expected one of {', '.join(among)} as network, got {name!r}")
    return NETWORKS[name]


def sizes_of(network: Network, module: object) -> dict[str, int]:
    """The sizes of a filled network of this entry, by name."""
    config = getattr(module, "config", module)
    return {name: int(getattr(config, name)) for name in network.sizes}


def imported(path: str) -> Any:
    """What ``module:name`` names."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
