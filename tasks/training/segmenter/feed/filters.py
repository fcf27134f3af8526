"""Some sets and occluders of the samples alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.wording import count_of
from tasks.training.segmenter.feed.reading.index import FeedSample


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFilters:
    """Sets of the recipes and categories of occluders; empty: all."""

    sets: tuple[str, ...] = ()
    occluders: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join((*self.sets, *self.occluders))

    def keep(self, sample: FeedSample) -> bool:
        """Whether a sample is of one of the sets and of one of the categories."""
        return (not self.sets or sample.set in self.sets) and (
            not self.occluders or sample.category in self.occluders
        )

    def notes(self, samples: Sequence[FeedSample]) -> Iterator[str]:
        """A line for names that no sample has, and one for each split that loses samples."""
        for option, wanted, there in (
            ("--sets", self.sets, {one.set for one in samples}),
            ("--occluders", self.occluders, {one.category for one in samples}),
        ):
            if unknown := [name for name in wanted if name not in there]:
                yield f"{option}: no sample is of {', '.join(unknown)}; there are {', '.join(sorted(there))}"
        whole = Counter(one.split for one in samples)
        lost = Counter(one.split for one in samples if not self.keep(one))
        options = " and ".join(
            option for option, wanted in (("--sets", self.sets), ("--occluders", self.occluders)) if wanted
        )
        for split, count in lost.items():
            yield f"{options}: {count} of {count_of(whole[split], 'samples')} of the split {split} left out"
