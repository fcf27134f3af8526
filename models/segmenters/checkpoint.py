"""Encode and decode a trained segmenter without pickled code."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import torch

from models.checkpoints.names import StateDict
from models.checkpoints.read import read_content
from models.checkpoints.select import NoSuchTensors, opened, select
from models.checkpoints.values_hash import values_sha256
from models.registry import NETWORKS, imported, network_named, networks_for
from models.segmenters.network import FaceSegmenter
from models.segmenters.variants import VARIANTS, variant_names

_FORMAT = "natocc-segmenter/2"
_KEYS = ("format", "variant", "metadata", "state_dict")
_AGAIN = "train one again"
# Side of the pictures that a checkpoint of another program was most likely trained with.
_USUAL_SIZE = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterMetadata:
    """What a checkpoint was made of and how, for tables and model cards."""

    # Side of the square pictures that it was trained with; others are stretched to it. 0: unknown.
    size: int = 0
    # "mask": visible face. "parsing": classes of parsing.png.
    target: str = "mask"
    # "scratch", or the ImageNet weights with their hash and licence.
    started_from: str = "unknown"
    # Which checkpoint was taken, and by which pictures: "last step", "held-out validation", "validation
    # split", both with "and" between them, "RealOcc".
    selected_on: str = "unknown"
    # Of each data version: name, version, weight in the mixture.
    data: tuple[Mapping[str, Any], ...] = ()
    licences: tuple[str, ...] = ()
    # What was drawn on training faces, and with which probability; empty: nothing.
    occlusion: Mapping[str, Any] = field(default_factory=dict)
    # By data set; each has its scores by name.
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    # The training's settings.
    schedule: Mapping[str, Any] = field(default_factory=dict)
    written_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSegmenter:
    """A segmenter from a checkpoint, on the CPU, in eval mode."""

    network: FaceSegmenter
    # A name of models/segmenters/variants.py; an architecture's where a checkpoint doesn't say more.
    variant: str
    metadata: SegmenterMetadata

    @property
    def size(self) -> int:
        """Side of the square pictures that it expects, a multiple of the network's."""
        multiple = self.network.multiple
        return max(1, round((self.metadata.size or _USUAL_SIZE) / multiple)) * multiple


def encode_segmenter(module: FaceSegmenter, variant: str, metadata: SegmenterMetadata | None = None) -> bytes:
    """Encode weights and metadata in the format of ``torch.save``, with a hash of all.

    ``variant`` is a name of models/segmenters/variants.py. Raises ValueError for another.
    """
    _network_of(variant)
    content: dict[str, Any] = {
        "format": _FORMAT,
        "variant": variant,
        "metadata": json.dumps(asdict(metadata or SegmenterMetadata()), sort_keys=True),
        "state_dict": {
            name: value.detach().cpu().contiguous() for name, value in module.state_dict().items()
        },
    }
    stream = io.BytesIO()
    torch.save({**content, "sha256": values_sha256(content)}, stream)
    return stream.getvalue()


def decode_segmenter(data: bytes, name: str = "checkpoint") -> FaceSegmenter:
    """Return the network of ``read_segmenter``."""
    return read_segmenter(data, name).network


def read_segmenter(data: bytes, name: str = "checkpoint") -> StoredSegmenter:
    """Decode the bytes of ``encode_segmenter``, or a segmenter's checkpoint of another program.

    Those of MMSegmentation (PSPNet, DeepLabv3+, SegFormer), NVIDIA and transformers (SegFormer), and FaceOcc
    (U-Net) are recognised by their tensors' names. Sizes follow from the tensors. Messages start with
    ``name``.

    Raises ValueError for other contents, and for a file that differs from its hash.
    """
    content = read_content(data, name)
    saved: Mapping[str, Any] = content if isinstance(content, dict) else {}
    stated = saved.get("format")
    if stated == _FORMAT:
        return _decode(saved, name)
    former = {format_of(network): network for network in networks_for("segmenter")}
    if stated in former:
        network = former[stated]
        module = _load(network, opened(saved.get("state_dict"), name), name)
        return StoredSegmenter(network=module, variant=network, metadata=SegmenterMetadata())
    return _foreign(content, name)


def format_of(network: str) -> str:
    """Return the former format name of a network's checkpoints."""
    return f"natocc-{network}/1"


def _decode(content: Mapping[str, Any], name: str) -> StoredSegmenter:
    hashed = {key: content[key] for key in _KEYS if key in content}
    if content.keys() != {*_KEYS, "sha256"} or values_sha256(hashed) != content["sha256"]:
        raise ValueError(
            f"{name}: expected the checkpoint that its hash names, got another: it is damaged or was "
            "changed; copy the file again"
        )
    variant = str(content["variant"])
    if variant not in variant_names():
        raise ValueError(
            f"{name}: expected one of {', '.join(variant_names())}, got {variant!r}; use the release of "
            "natocc that wrote it"
        )
    module = _load(_network_of(variant), opened(content["state_dict"], name), name)
    return StoredSegmenter(network=module, variant=variant, metadata=_metadata(content["metadata"]))


def _metadata(text: str) -> SegmenterMetadata:
    values = json.loads(text)
    known = {one.name for one in fields(SegmenterMetadata)}
    values = {key: value for key, value in values.items() if key in known}
    for key in ("data", "licences"):
        values[key] = tuple(values.get(key, ()))
    return SegmenterMetadata(**values)


def _foreign(content: object, name: str) -> StoredSegmenter:
    for network in networks_for("segmenter"):
        markers = NETWORKS[network].markers
        if not markers:
            continue
        try:
            tensors = select(content, markers, name).tensors
        except NoSuchTensors:
            continue
        module = _load(network, tensors, name)
        metadata = SegmenterMetadata(started_from=f"a checkpoint of another program, {name}")
        return StoredSegmenter(network=module, variant=_variant_of(network, module), metadata=metadata)
    known = ", ".join(networks_for("segmenter"))
    raise ValueError(
        f"{name}: expected a checkpoint of natocc train-segmenter, or of {known} in a published layout, got "
        f"something else; {_AGAIN}"
    )


def _variant_of(network: str, module: FaceSegmenter) -> str:
    """The variant of a loaded network, by its sizes."""
    names = {"depth": "depth", "backbone": "backbone_name", "encoder": "encoder_name", "size": "size"}
    for variant in VARIANTS.values():
        given = variant.arguments.items()
        if variant.network == network and all(getattr(module, names[key]) == value for key, value in given):
            return variant.name
    return network


def _network_of(variant: str) -> str:
    """The row of models/registry.py. Raises ValueError for an unknown variant."""
    if variant in VARIANTS:
        return VARIANTS[variant].network
    return network_named(variant, networks_for("segmenter")).name


def _load(network: str, state: StateDict, name: str) -> FaceSegmenter:
    segmenter: FaceSegmenter = imported(NETWORKS[network].loader)(state, name)
    return segmenter
