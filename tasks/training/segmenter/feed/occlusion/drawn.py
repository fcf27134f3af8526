"""The occlusion of single training samples, by seed, epoch and sample alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assets.wording import count_of
from natocc.kinds import NONE
from natocc.occluders.bank import OccluderBank
from natocc.randomness import Streams
from tasks.training.segmenter.feed.occlusion.choice import OcclusionShare
from tasks.training.segmenter.feed.occlusion.named import OCCLUSIONS
from tasks.training.segmenter.feed.occlusion.occluders import ListedOccluders
from tasks.training.segmenter.feed.occlusion.step import OCCLUDED_LABELS, OcclusionStep
from tasks.training.segmenter.feed.reading.decode import LabelledPicture
from tasks.training.segmenter.feed.reading.index import FeedSample
from tasks.training.segmenter.feed.reading.target import LearntTarget

_STREAM = "segmenter occlusion"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenOcclusion:
    """An occlusion with its probability, and the kinds of occluders that it draws."""

    share: OcclusionShare
    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.share} ({', '.join(self.kinds)})" if self.kinds else str(self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnOcclusion:
    """What is drawn on the training samples of some sources, at the decoded size.

    It holds no pixels, so that a loader process gets it at no cost and opens the occluders for itself.
    ``sources``: (number, name) of those sources; ``untouched``: how many training samples get nothing.
    """

    chosen: tuple[ChosenOcclusion, ...]
    occluders: ListedOccluders | None
    sources: tuple[tuple[int, str], ...]
    untouched: int
    size: int
    target: LearntTarget
    seed: int

    def __str__(self) -> str:
        """``natocc 0.3 + randocc 0.2``."""
        return " + ".join(str(one.share) for one in self.chosen)

    def covers(self, sample: FeedSample) -> bool:
        """Whether a sample may get one: it has no rendered occluder, and is of one of the sources."""
        return sample.kind == NONE and any(number == sample.source for number, _ in self.sources)

    def draw(self, sample: FeedSample, turn: str) -> str:
        """The name of the occlusion that a sample gets on its ``turn``, or ``none``."""
        left = float(self._streams(turn).stage("choice").random()) if self.covers(sample) else 1.0
        for one in self.chosen:
            if left < one.share.share:
                return one.share.name
            left -= one.share.share
        return NONE

    def occlude(self, picture: LabelledPicture, sample: FeedSample, turn: str) -> LabelledPicture:
        """The picture with its occlusion, if one is drawn; ``turn`` names the epoch and the sample."""
        name = self.draw(sample, turn)
        if name == NONE:
            return picture
        image, label = _steps(self)[name](picture.image, picture.label, self._streams(turn).stage(name))
        return LabelledPicture(image=image, label=label)

    @property
    def licences(self) -> dict[str, tuple[str, ...]]:
        """The terms of the occluders, by data set."""
        listed = self.occluders
        if listed is None:
            return {}
        return {f"occluders of {dataset} in {listed.url}": terms for dataset, terms in listed.licences}

    def notes(self) -> list[str]:
        """What the reader has to know."""
        if not self.untouched:
            return []
        return [
            f"no occlusion is drawn on {count_of(self.untouched, 'training pictures')} that have a rendered "
            "occluder or are of another source"
        ]

    def described(self) -> Mapping[str, Any]:
        """For metrics and metadata: the shares, the numbers of occluders by pool, the bank's content hash."""
        listed = self.occluders
        return {
            "shares": {one.share.name: one.share.share for one in self.chosen},
            "kinds": {one.share.name: list(one.kinds) for one in self.chosen if one.kinds},
            "occluders": {} if listed is None else dict(listed.counts),
            "bank": None if listed is None else listed.bank,
            "sources": [name for _, name in self.sources],
            "untouched_samples": self.untouched,
        }

    def settings(self) -> dict[str, object]:
        """What decides the draws, besides seed and samples."""
        text = " + ".join(map(str, self.chosen))
        sources = ", ".join(name for _, name in self.sources)
        listed = {} if self.occluders is None else {"occluders": self.occluders.sha256[:12]}
        return {"occlusion": f"{text} on {sources}", **listed}

    def _streams(self, turn: str) -> Streams:
        return Streams(self.seed, _STREAM, turn)


@lru_cache(maxsize=1)
def _steps(drawn: DrawnOcclusion) -> dict[str, OcclusionStep]:
    listed, labels = drawn.occluders, OCCLUDED_LABELS[drawn.target]
    # Of a picture of this size, no occluder needs more pixels.
    opened = OccluderBank() if listed is None else listed.open(drawn.size)
    return {
        one.share.name: OCCLUSIONS[one.share.name].make(opened, one.kinds, labels) for one in drawn.chosen
    }
