"""Measure the disagreement of a trained segmenter with the bank's masks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from assets.bank.reader import Bank, Entry
from models.segmenters.checkpoint import decode_segmenter
from models.segmenters.metrics import predicted_face
from models.segmenters.network import FaceSegmenter
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from shards import storage
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.workers.pool import batched

_BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """``iou`` of prediction and mask, in [0, 1]; 1 if both are empty.

    ``components`` counts the connected pieces of the difference that have at least a given share of the
    face's area. Rims thinner than three pixels do not count.
    """

    iou: float
    components: int


def measure_disagreements(
    bank: Bank,
    checkpoint: str,
    *,
    size: int = 128,
    share: float = 0.01,
    on_progress: OnProgress = ignore_progress,
) -> dict[str, Disagreement]:
    """Predict every face of a bank with a segmenter of ``natocc train-segmenter``; by the face's id.

    ``size`` is the network's training size; pictures are stretched to it, as in training. A piece of the
    difference counts from this ``share`` of the larger of mask and prediction. ``on_progress`` counts faces.

    Raises FileNotFoundError if there is no checkpoint, ValueError if the file is not a checkpoint, and for a
    size that the network can't take.
    """
    network = decode_segmenter(storage.read_bytes(checkpoint), checkpoint)
    if size < 16 or size % network.multiple:
        raise ValueError(f"size: expected a multiple of {network.multiple} from 16 up, got {size}")
    found: dict[str, Disagreement] = {}
    faces = bank.entries("face")
    progress = ProgressCounter(on_progress, len(faces))
    for group in batched(faces, _BATCH):
        pairs = [_read(bank, entry, size) for entry in group]
        for entry, prediction, (_, mask) in zip(group, _predict(network, pairs), pairs, strict=True):
            found[entry.id] = compare_masks(prediction, mask, share)
        progress.add(len(group))
    return found


def compare_masks(predicted: Image, mask: Image, share: float) -> Disagreement:
    """Two masks of one size, uint8 HxW, non-zero inside."""
    ours, theirs = (mask > 0).astype(np.uint8), (predicted > 0).astype(np.uint8)
    union = cv2.countNonZero(ours | theirs)
    iou = cv2.countNonZero(ours & theirs) / union if union else 1.0
    differing = cv2.morphologyEx(ours ^ theirs, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, _, figures, _ = cv2.connectedComponentsWithStats(differing, connectivity=4)
    least = max(1.0, share * max(cv2.countNonZero(ours), cv2.countNonZero(theirs)))
    components = int((figures[1:, cv2.CC_STAT_AREA] >= least).sum())
    return Disagreement(iou=round(iou, 4), components=components)


def _read(bank: Bank, entry: Entry, size: int) -> tuple[Image, Image]:
    """RGB and mask (0 or 1) at the network's size, as training reads them."""
    members = bank.read(entry)
    target = (size, size)
    image = cv2.resize(decode_rgb(members["jpg"]), target, interpolation=cv2.INTER_AREA)
    mask = (decode_plane(members["mask.png"]) > 127).astype(np.float32)
    small = cv2.resize(mask, target, interpolation=cv2.INTER_AREA) > 0.5
    return image.astype(np.uint8), small.astype(np.uint8)


def _predict(network: FaceSegmenter, pairs: list[tuple[Image, Image]]) -> Iterator[Image]:
    images = torch.from_numpy(np.stack([image.transpose(2, 0, 1) for image, _ in pairs]))
    with torch.inference_mode():
        yield from predicted_face(network(images.float() / 255))[:, 0].numpy().astype(np.uint8)
