"""What the first draws of a training did, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2

from natocc.labels import hidden_ratio
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.step import OCCLUDED_LABELS
from tasks.training.segmenter.feed.open import Feed

# Training samples that are counted.
_MOST = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class OcclusionTally:
    """``drawn``: samples that drew this occlusion; ``hiding``: those of which it hides face;
    ``hidden_ratio``: the mean share of the face that is hidden, over the latter.
    """

    drawn: int
    hiding: int
    hidden_ratio: float


def tally_occlusion(feed: Feed, drawn: DrawnOcclusion, most: int = _MOST) -> Mapping[str, OcclusionTally]:
    """Count the occlusions of up to ``most`` training samples, taken evenly, on a turn of their own.

    The same seed gives the same counts.
    """
    labels = OCCLUDED_LABELS[feed.target]
    hidden: dict[str, list[float]] = {one.share.name: [] for one in drawn.chosen}
    step = max(1.0, len(feed.training) / most)
    for number in range(min(most, len(feed.training))):
        sample = feed.training[int(number * step)]
        turn = f"tally {feed.name_of(sample)}"
        name = drawn.draw(sample, turn)
        if name in hidden:
            before = feed.read(sample)
            after = drawn.occlude(before, sample, turn)
            face = labels.face(before.label)
            left = cv2.bitwise_and(face, labels.face(after.label))
            hidden[name].append(hidden_ratio(face, left.astype(face.dtype, copy=False)))
    return {name: _counted(ratios) for name, ratios in hidden.items()}


def _counted(ratios: list[float]) -> OcclusionTally:
    hiding = [ratio for ratio in ratios if ratio > 0]
    mean = round(sum(hiding) / len(hiding), 4) if hiding else 0.0
    return OcclusionTally(drawn=len(ratios), hiding=len(hiding), hidden_ratio=mean)
