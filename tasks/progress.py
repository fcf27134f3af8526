"""Progress of long work: the callback ``on_progress``, which every long-running function takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

# Called with the number of finished items and the total, None if unknown: once at the start, then after each
# item or group of items. A call with an unchanged number means that work continues. The docstring of the
# function that takes it names the items.
OnProgress = Callable[[int, int | None], None]


def ignore_progress(done: int, total: int | None) -> None:
    """For callers that show no progress."""


class ProgressCounter:
    """Counts finished items and reports the count."""

    def __init__(self, on_progress: OnProgress, total: int | None = None, *, done: int = 0) -> None:
        self._on_progress, self._total, self._done = on_progress, total, done
        self.add(0)

    def add(self, count: int = 1) -> None:
        """Report ``count`` more items as done; 0 reports that work continues."""
        self._done += count
        self._on_progress(self._done, self._total)


def tracked(items: Iterable[T], on_progress: OnProgress, total: int | None = None) -> Iterator[T]:
    """The items. Each counts as done when the next is requested."""
    counter = ProgressCounter(on_progress, total)
    for item in items:
        yield item
        counter.add()
