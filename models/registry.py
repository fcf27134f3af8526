"""The networks by name: the role, the marker tensors, the loader and the runner of each.

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

# upscaler: enlarges pictures (models/upscaling). harmoniser: adapts an occluder's colours to its picture.
# segmenter: predicts the visible face. backbone: features that segmenters start from. prior, features: used
# in the training of other networks.
Role = Literal["upscaler", "harmoniser", "segmenter", "backbone", "prior", "features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One architecture."""

    # Used in headers of weights, in messages, and as an option's value.
    name: str
    role: Role
    # ``loader(tensors by name, label)`` loads the network strictly; its messages start with ``label``.
    loader: str
    # A weight file of this network has a tensor with one of these names, possibly after a prefix.
    markers: tuple[str, ...] = ()
    # Fields of the network or its ``config`` that distinguish networks of this architecture.
    sizes: tuple[str, ...] = ()
    # For a harmoniser, ``runner(network, device=…, batch=…, precision=…)`` returns a HarmoniserRunner. For a
    # segmenter, ``runner(classes=…, …)`` returns an untrained FaceSegmenter (models/segmenters/network.py).
    # models/upscaling runs upscalers.
    runner: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that determine its results, besides the modules shared by all networks of its role."""
        return tuple(sorted({path.partition(":")[0] for path in (self.loader, self.runner) if path}))


class HarmoniserRunner(Protocol):
    """A harmoniser's network on its device. ``batch`` is the current batch size."""

    @property
    def batch(self) -> int: ...

    def __call__(self, composites: NDArray[np.uint8], mattes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Harmonise composites (uint8 N x H x W x 3, RGB) where mattes (uint8 N x H x W) are 128 or more.

        Raises ValueError if the network fails or memory runs out.
        """
        ...


NETWORKS = {
    network.name: network
    for network in (
        # GLEAN contains a StyleGAN2, so identification tries GLEAN first.
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
            name="pspnet",
            role="segmenter",
            loader="models.segmenters.pspnet.weights:pspnet_from",
            markers=("decode_head.psp_modules.0.1.conv.weight",),
            sizes=("classes", "depth"),
            runner="models.segmenters.pspnet.network:PSPNet",
        ),
        Network(
            name="deeplabv3plus",
            role="segmenter",
            loader="models.segmenters.deeplabv3plus.weights:deeplabv3plus_from",
            markers=("decode_head.c1_bottleneck.conv.weight",),
            sizes=("classes",),
            runner="models.segmenters.deeplabv3plus.network:DeepLabV3Plus",
        ),
        Network(
            name="segformer",
            role="segmenter",
            loader="models.segmenters.segformer.weights:segformer_from",
            # MMSegmentation's, NVIDIA's, transformers'.
            markers=(
                "decode_head.fusion_conv.conv.weight",
                "decode_head.linear_fuse.conv.weight",
                "decode_head.linear_fuse.weight",
            ),
            sizes=("classes", "size"),
            runner="models.segmenters.segformer.network:SegFormer",
        ),
        Network(
            name="encoder-unet",
            role="segmenter",
            loader="models.segmenters.encoder_unet.weights:encoder_unet_from",
            markers=("segmentation_head.0.weight",),
            sizes=("classes",),
            runner="models.segmenters.encoder_unet.network:EncoderUNet",
        ),
        Network(
            name="efficientnet-lite",
            role="backbone",
            loader="models.segmenters.efficientnet_lite.weights:efficientnet_lite_from",
            markers=("_conv_stem.weight",),
            sizes=("scale", "classes"),
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
# Networks whose weights are stored in the folder of weights.
WITH_WEIGHTS = tuple(network.name for network in NETWORKS.values() if network.markers)


def networks_for(role: Role) -> tuple[str, ...]:
    """Return the names of a role's networks."""
    return tuple(network.name for network in NETWORKS.values() if network.role == role)


def network_named(name: str, among: Iterable[str] = NETWORKS) -> Network:
    """Return the entry of a name. Raises ValueError for a name that is not ``among`` the expected names."""
    if name not in among:
        raise ValueError(f"expected one of {', '.join(among)} as network, got {name!r}")
    return NETWORKS[name]


def sizes_of(network: Network, module: object) -> dict[str, int]:
    """Return the sizes of a loaded network of this entry, by name."""
    config = getattr(module, "config", module)
    return {name: int(getattr(config, name)) for name in network.sizes}


def imported(path: str) -> Any:
    """Import the object at ``module:name``."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
