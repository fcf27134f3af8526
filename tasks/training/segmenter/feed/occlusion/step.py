"""What an occlusion does to one face and its label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from models.segmenters.metrics import FACE_CLASSES
from natocc.geometry import BoolArray, Image
from natocc.labels import OCCLUSION_CLASS
from tasks.training.segmenter.feed.reading.target import LearntTarget

# Picture (RGB uint8 HxWx3) and label (uint8 HxW) to the same with an occluder. What is drawn depends on the
# generator alone, and the arrays that are given stay as they are.
OcclusionStep = Callable[[Image, Image, Generator], tuple[Image, Image]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OccludedLabel:
    """The classes of a label that are face, and the class of a pixel that an occluder hides."""

    face_classes: tuple[int, ...]
    occluded_class: int

    def face(self, label: Image) -> Image:
        """1 where a label (uint8 HxW) is face, else 0."""
        table = np.zeros(256, np.uint8)
        table[list(self.face_classes)] = 1
        return cv2.LUT(label, table).astype(np.uint8, copy=False)

    def mark(self, label: Image, hidden: BoolArray) -> Image:
        """A copy of the label with the occluder's class where ``hidden`` (HxW), on the face and off it."""
        return np.where(hidden, np.uint8(self.occluded_class), label)


OCCLUDED_LABELS: dict[LearntTarget, OccludedLabel] = {
    "mask": OccludedLabel(face_classes=(1,), occluded_class=0),
    "parsing": OccludedLabel(face_classes=FACE_CLASSES, occluded_class=OCCLUSION_CLASS),
}
