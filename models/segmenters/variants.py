"""The segmenters by name: an architecture of models/registry.py with its sizes.

Imports nothing heavy, so that commands can list them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.registry import NETWORKS, imported, networks_for

if TYPE_CHECKING:
    from models.segmenters.network import FaceSegmenter


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One segmenter that can be trained."""

    # An option's value: deeplabv3plus-resnet101, segformer-b5 …
    name: str
    # Its row in models/registry.py.
    network: str
    # Arguments of the row's ``runner``, besides ``classes``.
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    # The backbone whose ImageNet weights it can start from; empty if there is none.
    backbone: str = ""


def _on_backbones(network: str, argument: str, values: Mapping[str, str | int]) -> Iterator[Variant]:
    """Variants of a network by backbone: the value of ``argument`` for each."""
    for backbone, value in values.items():
        yield Variant(
            name=f"{network}-{backbone}", network=network, arguments={argument: value}, backbone=backbone
        )


_DEPTHS = {"resnet18": 18, "resnet50": 50, "resnet101": 101}
_LITE = ("lite0", "lite1", "lite2")
VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant(name="unet", network="unet"),
        *(
            Variant(
                name=f"unet-{encoder}",
                network="encoder-unet",
                arguments={"encoder": encoder},
                backbone=encoder,
            )
            for encoder in ("resnet18", *_LITE)
        ),
        *_on_backbones("pspnet", "depth", _DEPTHS),
        *_on_backbones("deeplabv3plus", "backbone", {name: name for name in (*_DEPTHS, *_LITE)}),
        *(
            Variant(
                name=f"segformer-b{size}",
                network="segformer",
                arguments={"size": size},
                backbone=f"mit-b{size}",
            )
            for size in range(6)
        ),
    )
}


def variant_names() -> tuple[str, ...]:
    """Return all names; an architecture without variants has its own name."""
    listed = {variant.network for variant in VARIANTS.values()}
    return (*VARIANTS, *(name for name in networks_for("segmenter") if name not in listed))


def new_segmenter(name: str, *, classes: int = 1, **arguments: str | int) -> FaceSegmenter:
    """Return an untrained segmenter; its weights follow from torch's global random state.

    ``arguments`` replace those of the variant. Raises ValueError for an unknown name.
    """
    if name not in variant_names():
        raise ValueError(f"expected one of {', '.join(variant_names())} as network, got {name!r}")
    variant = VARIANTS.get(name, Variant(name=name, network=name))
    segmenter: FaceSegmenter = imported(NETWORKS[variant.network].runner)(
        classes=classes, **{**variant.arguments, **arguments}
    )
    return segmenter
