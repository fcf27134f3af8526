"""A cut-out pasted as it is: its place and size are random, its mask is hard, its colours are its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from natocc.geometry import Image, mask_box, scaling, translation
from natocc.occluders.bank import OccluderBank
from natocc.occluders.occluder import place
from natocc.profiles import PAPER
from natocc.randomness import draw_range
from tasks.training.segmenter.feed.occlusion.step import OccludedLabel

_HALF = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteCutout:
    """An ``OcclusionStep``: an upright cut-out whose centre is in the face's box, and whose own box has half
    of that one's area to all of it. Each of ``kinds`` is equally likely, and each occluder of a kind.
    """

    occluders: OccluderBank
    kinds: Sequence[str]
    labels: OccludedLabel

    def __call__(self, image: Image, label: Image, rng: Generator) -> tuple[Image, Image]:
        box = mask_box(self.labels.face(label))
        if box.empty:
            return image, label
        pool = list(self.occluders.pool_for(self.kinds[int(rng.integers(len(self.kinds)))]).values())
        occluder = pool[int(rng.integers(len(pool)))]
        height, width = occluder.size
        # As large as NatOcc's occluders, so that only the steps after the placement differ.
        area = draw_range(rng, PAPER.size_ratio) * box.width * box.height
        scale = math.sqrt(area / (width * height))
        x, y = draw_range(rng, (box.x0, box.x1)), draw_range(rng, (box.y0, box.y1))
        matrix = translation(x, y) @ scaling(scale, scale) @ translation(-(width - 1) / 2, -(height - 1) / 2)
        layer = place(occluder, matrix, (label.shape[0], label.shape[1]))
        pasted, marked = image.copy(), label.copy()
        hard, part = layer.matte >= _HALF, layer.box.slices
        cv2.copyTo(layer.rgb, hard.view(np.uint8), pasted[part])
        marked[part] = self.labels.mark(label[part], hard)
        return pasted, marked
