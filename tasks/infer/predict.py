"""Labels of pictures of any size from a network's scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.masks.policy import FACE_CLASS_IDS
from natocc.masks.sides import SIDE_PAIRS
from natocc.resize.square import stretch_to_square
from tasks.infer.network import Floats32, ReadyNetwork

# Sizes and mirror images over which scores are averaged: the test pipeline of MMSegmentation (specs 2.7).
TTA_SCALES = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """``labels``: uint8 (H, W), the most probable class; of one class, 0 and 1 = face. ``face``: float32
    (H, W), the probability of visible face in [0, 1].
    """

    labels: Image
    face: Floats32


def predict(network: ReadyNetwork, pictures: Sequence[Image], *, size: int, tta: bool) -> Iterator[Image]:
    """Yield the labels of each picture (uint8 HxWx3, RGB), uint8 of its own height and width.

    A picture is stretched to ``size``, as in training; the probabilities are enlarged to the picture's own
    size, and the most probable class wins. With one class, labels are 0 and 1 = face. ``tta`` averages the
    probabilities over ``TTA_SCALES`` and mirror images.
    """
    for picture, planes in zip(pictures, _averaged(network, pictures, size, tta=tta), strict=True):
        yield _labels(planes, picture.shape[1], picture.shape[0])


def predict_faces(
    network: ReadyNetwork,
    pictures: Sequence[Image],
    shapes: Sequence[tuple[int, int]],
    *,
    size: int,
    tta: bool,
) -> Iterator[Prediction]:
    """Yield labels and probabilities as ``predict``, of the heights and widths ``shapes``."""
    for (height, width), planes in zip(shapes, _averaged(network, pictures, size, tta=tta), strict=True):
        labels = _labels(planes, width, height)
        face = np.asarray(cv2.resize(_face_plane(planes), (width, height)), np.float32)
        yield Prediction(labels=labels, face=face)


def visible_face_in(labels: Image, classes: int) -> NDArray[np.bool_]:
    """Where predicted labels are visible face: 1 of one or two classes, of more ``FACE_CLASS_IDS``."""
    return np.asarray(labels == 1 if classes <= 2 else np.isin(labels, FACE_CLASS_IDS))


def _averaged(network: ReadyNetwork, pictures: Sequence[Image], size: int, *, tta: bool) -> Floats32:
    """Probabilities (N, classes, size, size)."""
    probabilities = _probabilities(network, pictures, size, mirrored=tta)
    if tta:
        others = [scale for scale in TTA_SCALES if scale != 1]
        for scale in others:
            side = max(network.multiple, round(size * scale / network.multiple) * network.multiple)
            found = _probabilities(network, pictures, side, mirrored=True)
            probabilities += np.stack([_stretched(one, size) for one in found])
        probabilities /= np.float32(1 + len(others))
    return probabilities


def _face_plane(planes: Floats32) -> Floats32:
    """The probability of visible face, of one class, of two, or of the classes of a parsing map."""
    if len(planes) <= 2:
        return np.asarray(planes[-1])
    return np.asarray(planes[list(FACE_CLASS_IDS)].sum(0, dtype=np.float32))


def side_for(network: ReadyNetwork, size: int | None, *, tta: bool) -> int:
    """Return the side to which pictures are stretched. Raises ValueError for one that can't be taken."""
    side = network.size if size is None else size
    if side % network.multiple:
        nearest = -(-side // network.multiple) * network.multiple
        raise ValueError(
            f"--size: expected a multiple of {network.multiple} for this network, got {side}; use {nearest}"
        )
    if not network.any_size and side != network.size:
        raise ValueError(
            f"--size: expected {network.size}, for which this ONNX network was exported, got {side}; "
            f"export it with --size {side}"
        )
    if not network.any_size and tta:
        raise ValueError("--tta: expected a network that takes several sizes, got ONNX; use its checkpoint")
    return side


def _probabilities(
    network: ReadyNetwork, pictures: Sequence[Image], side: int, *, mirrored: bool
) -> Floats32:
    """Probabilities (N, classes, side, side), with the mean over the mirror images if asked for."""
    images = np.stack([stretch_to_square(picture, side).transpose(2, 0, 1) for picture in pictures])
    values = images.astype(np.float32) / np.float32(255)
    found = _normed(network.scores(values))
    if mirrored:
        mirror: Floats32 = np.ascontiguousarray(values[..., ::-1])
        other = _normed(network.scores(mirror))[..., ::-1]
        found = ((found + other[:, _exchanged(network)]) / 2).astype(np.float32)
    return found


def _normed(scores: Floats32) -> Floats32:
    """Sigmoid of one class, softmax over several."""
    if scores.shape[1] == 1:
        return (1 / (1 + np.exp(-scores))).astype(np.float32)
    powers = np.exp(scores - scores.max(1, keepdims=True))
    found: Floats32 = (powers / powers.sum(1, keepdims=True)).astype(np.float32)
    return found


def _exchanged(network: ReadyNetwork) -> list[int]:
    """The place of each class in the scores of a mirror image. Classes of other programs have no sides."""
    places = list(range(network.classes))
    for left, right in SIDE_PAIRS if network.target == "parsing" else ():
        places[left], places[right] = right, left
    return places


def _labels(planes: Floats32, width: int, height: int) -> Image:
    """The most probable class at each pixel; planes are enlarged one by one, which takes little memory."""
    if len(planes) == 1:
        return np.asarray(cv2.resize(planes[0], (width, height)) > 0.5).view(np.uint8)
    best = cv2.resize(planes[0], (width, height))
    labels = np.zeros((height, width), np.uint8)
    for number, plane in enumerate(planes[1:], 1):
        other = cv2.resize(plane, (width, height))
        higher = other > best
        labels[higher] = number
        np.maximum(best, other, out=best)
    return labels


def _stretched(planes: Floats32, size: int) -> Floats32:
    return np.stack([cv2.resize(plane, (size, size)) for plane in planes]).astype(np.float32)
