"""How much of the data a training learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assets.wording import count_of
from tasks.training.segmenter.feed.open import Feed


def coverage_notes(feed: Feed, *, seed: int, steps: int, batch: int) -> Iterator[str]:
    """A line for each source whose samples come in no epoch, and one for a training shorter than an epoch.

    ``batch``: pictures a step.
    """
    order = feed.order(seed)
    for source, count in sorted(Counter(feed.training[number].source for number in order.never).items()):
        data = feed.data[source]
        yield (
            f"{data.url}: nothing is learnt from {count_of(count, 'samples')} of weight {data.weight:g}, "
            "less than half a sample an epoch; give a larger weight"
        )
    if steps * batch < order.length:
        yield (
            f"{count_of(steps, 'steps')} of {count_of(batch, 'pictures')} are less than an epoch: "
            f"{order.length - steps * batch} of its {count_of(order.length, 'samples')} are not learnt from"
        )
