"""``natocc export-model``: a trained network for other programs, with its card."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from models.checkpoints.names import StateDict
from models.segmenters.checkpoint import StoredSegmenter, read_segmenter
from models.segmenters.segformer.network import SegFormer
from models.segmenters.segformer.weights import published_state
from natocc.document import RELEASE
from shards import storage
from shards.check_output import check_folder
from tasks.infer.card import ModelCard
from tasks.infer.compare_onnx import compare_onnx, with_facts
from tasks.infer.mmsegmentation import config_text
from tasks.infer.options import ExportOptions

MODEL_CARD = "README.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedModel:
    """``largest_difference`` between the scores of torch and ONNX Runtime; None for other formats."""

    files: tuple[str, ...]
    variant: str
    classes: int
    size: int
    largest_difference: float | None


def export_model(options: ExportOptions) -> ExportedModel:
    """Write a checkpoint's network in another format, and its card.

    An ONNX network is compared with torch on random pictures before it is written. Raises ValueError for a
    file that is no checkpoint, a size that the network can't take, a network that MMSegmentation does not
    have, and an ONNX network whose scores differ; OSError if ``out`` can't be written.
    """
    stored = read_segmenter(storage.read_bytes(options.checkpoint), options.checkpoint)
    size = _size(stored, options.size)
    files: dict[str, bytes] = {}
    difference = None
    if options.format == "onnx":
        files[f"{stored.variant}.onnx"], difference = _onnx(stored, size)
    else:
        config = config_text(stored.variant, stored.network, size)
        files[f"{stored.variant}.pth"] = _mmsegmentation_checkpoint(stored)
        files[f"{stored.variant}.py"] = config.encode()
    files[MODEL_CARD] = card_of_segmenter(stored, size).write().encode()
    check_folder(str(options.out))
    for name, data in files.items():
        storage.write_bytes(str(options.out / name), data)
    return ExportedModel(
        files=tuple(str(options.out / name) for name in files),
        variant=stored.variant,
        classes=stored.network.classes,
        size=size,
        largest_difference=difference,
    )


def card_of_segmenter(stored: StoredSegmenter, size: int) -> ModelCard:
    """The card of a checkpoint's network."""
    metadata, classes = stored.metadata, stored.network.classes
    output = (
        "one logit a pixel: above 0 is visible face"
        if classes == 1
        else f"{classes} scores a pixel: the highest decides"
        + ("; class 1 is visible face" if classes == 2 else "; classes as in docs/format.md")
    )
    return ModelCard(
        title=f"natocc {stored.variant}",
        summary="A segmenter of visible faces, trained with natocc's shards."
        if metadata.data
        else "A segmenter of visible faces.",
        variant=stored.variant,
        classes=classes,
        size=size,
        output=output,
        started_from=metadata.started_from,
        selected_on=metadata.selected_on,
        written_by=metadata.written_by or f"exported by {RELEASE}",
        data=[{name: row.get(name, "") for name in ("name", "version", "weight")} for row in metadata.data],
        licences=metadata.licences,
        occlusion=_occlusion(metadata.occlusion),
        scores=[
            {"data": data, "score": score, "value": value}
            for data, scores in metadata.metrics.items()
            for score, value in scores.items()
        ],
        selection_note=_selection_note(metadata.selected_on),
        schedule=sorted(metadata.schedule.items()),
    )


def _occlusion(drawn: Mapping[str, Any]) -> str:
    """``natocc on 0.5 of the faces, of 38 object and 6 hand``."""
    shares = [f"{name} on {share:g} of the faces" for name, share in drawn.get("shares", {}).items()]
    occluders = [f"{count} {pool}" for pool, count in drawn.get("occluders", {}).items()]
    return ", ".join(shares) + (f"; occluders: {', '.join(occluders)}" if occluders else "")


def _selection_note(selected_on: str) -> str:
    if "realocc" not in selected_on.lower():
        return ""
    return (
        "The checkpoint was selected by its scores on RealOcc, as the paper's were: those scores are not of "
        "faces that the selection has not seen."
    )


def _size(stored: StoredSegmenter, given: int | None) -> int:
    multiple = stored.network.multiple
    size = given or stored.size
    if size % multiple:
        raise ValueError(
            f"--size: expected a multiple of {multiple} for this network, got {size}; "
            f"use {-(-size // multiple) * multiple}"
        )
    return size


def _onnx(stored: StoredSegmenter, size: int) -> tuple[bytes, float]:
    from models.segmenters.to_onnx import encode_onnx

    facts = {
        "variant": stored.variant,
        "classes": stored.network.classes,
        "size": size,
        "multiple": stored.network.multiple,
        "target": stored.metadata.target,
        "licences": list(stored.metadata.licences),
        "input": "images: float32 (N, 3, H, W), RGB in [0, 1]",
    }
    data = with_facts(encode_onnx(stored.network, (size, size)), json.dumps(facts))
    return data, compare_onnx(data, stored.network, size)


def _mmsegmentation_checkpoint(stored: StoredSegmenter) -> bytes:
    state: Mapping[str, Any] = stored.network.state_dict()
    if isinstance(stored.network, SegFormer):
        renamed: StateDict = published_state(stored.network)
        state = renamed
    stream = io.BytesIO()
    torch.save({"meta": {"natocc": RELEASE}, "state_dict": dict(state)}, stream)
    return stream.getvalue()
