"""What a training shows on the way: its curves as CSV and for TensorBoard, and fixed pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.segmenters.batches import Pictures
from models.segmenters.metrics import predicted_face
from models.segmenters.training import SegmenterTraining
from shards import storage

# Pictures that are shown.
_SHOWN = 4
_FACE = np.array((0, 200, 0), np.float32)


def encode_curves(history: Sequence[Mapping[str, float]]) -> bytes:
    """Encode the history as CSV: a column for each figure, a row for each step that has one."""
    names = [*dict.fromkeys(name for row in history for name in row)]
    steps: dict[float, dict[str, float]] = {}
    for row in history:
        steps.setdefault(row["step"], {}).update(row)
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(steps.values())
    return text.getvalue().encode()


def write_tensorboard(out: str, history: Sequence[Mapping[str, float]]) -> None:
    """Write the history's figures for TensorBoard, in place of former ones; ``out`` is a local folder."""
    # Slow to import, and only needed here.
    from torch.utils.tensorboard import SummaryWriter

    folder = Path(out) / "tensorboard"
    for former in folder.glob("events.out.tfevents.*"):
        former.unlink()
    with SummaryWriter(str(folder)) as writer:
        for row in history:
            for name, value in row.items():
                if name != "step":
                    writer.add_scalar(name, value, int(row["step"]))


def encode_samples(module: SegmenterTraining, pictures: Pictures) -> bytes:
    """Encode the first pictures as PNG, a row each: picture, label, prediction; faces are green."""
    images, masks = pictures.take(torch.arange(min(_SHOWN, len(pictures))))
    training, device = module.training, module.device
    module.eval()
    with torch.inference_mode():
        faces = predicted_face(module(images.to(device))).cpu()
    module.train(training)
    rows = []
    for image, label, face in zip(images, masks, faces, strict=True):
        plain = (image.permute(1, 2, 0).numpy() * 255).astype(np.float32)
        rows.append(np.hstack([plain, _marked(plain, label[0].numpy()), _marked(plain, face[0].numpy())]))
    sheet = np.vstack(rows).round().astype(np.uint8)
    written, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    if not written:
        raise ValueError(f"samples.png: expected a picture of {sheet.shape}, got one that cannot be encoded")
    return bytes(data)


def write_progress(
    out: str, history: Sequence[Mapping[str, float]], module: SegmenterTraining, shown: Pictures | None
) -> None:
    """Write curves.csv, the folder tensorboard where ``out`` is local, and samples.png with ``shown``."""
    storage.write_bytes(storage.join(out, "curves.csv"), encode_curves(history))
    if storage.is_local(out):
        write_tensorboard(out, history)
    if shown is not None:
        storage.write_bytes(storage.join(out, "samples.png"), encode_samples(module, shown))


def _marked(picture: NDArray[np.float32], face: NDArray[np.generic]) -> NDArray[np.float32]:
    weight = np.where(face == 1, 0.5, 0.0).astype(np.float32)[..., None]
    return (picture * (1 - weight) + _FACE * weight).astype(np.float32)
