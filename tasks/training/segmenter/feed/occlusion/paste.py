"""A cut-out pasted as it is: its place and size are random, its mask is hard, its colours are its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from natocc.geometry import Image, mask_box, scaling, translation
from natocc.occluders.bank import OccluderBank
from natocc.occluders.occluder import place
from natocc.randomness import draw_range
from tasks.training.segmenter.feed.occlusion.step import OccludedLabel

# The cut-out's long side over that of the face's box.
_SCALE = (0.3, 1.0)
_HALF = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteCutout:
    """An ``OcclusionStep``: a cut-out whose centre is in the face's box. Each of ``kinds`` is equally likely,
    and each occluder of a kind.
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
        scale = draw_range(rng, _SCALE) * max(box.width, box.height) / max(occluder.size)
        x, y = draw_range(rng, (box.x0, box.x1)), draw_range(rng, (box.y0, box.y1))
        height, width = occluder.size
        matrix = translation(x, y) @ scaling(scale, scale) @ translation(-(width - 1) / 2, -(height - 1) / 2)
        layer = place(occluder, matrix, (label.shape[0], label.shape[1]))
        pasted, marked = image.copy(), label.copy()
        hard, part = layer.matte >= _HALF, layer.box.slices
        pasted[part][hard] = layer.rgb[hard]
        marked[part] = self.labels.mark(label[part], hard)
        return pasted, marked
