"""The data of each arm, opened before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from manifests.benchmarks.benchmark import Benchmark
from manifests.recipes.train.schedule import load_schedule
from tasks.benchmark.plan import PlannedRun
from tasks.training.segmenter.feed.filters import FeedFilters
from tasks.training.segmenter.feed.open import Feed, open_feed


def open_arms(benchmark: Benchmark, runs: Sequence[PlannedRun]) -> dict[str, Feed]:
    """Index what each arm learns from, by its name.

    Raises ValueError and FileNotFoundError as ``open_feed``, so that no run fails for its data.
    """
    schedule = load_schedule(benchmark.schedule)
    feeds: dict[str, Feed] = {}
    for run in runs:
        if run.arm.name not in feeds:
            feeds[run.arm.name] = open_feed(
                run.sources,
                size=schedule.size,
                target="mask",
                held_out=schedule.validation,
                filters=FeedFilters(sets=run.arm.sets),
            )
    return feeds


def policy_of(feed: Feed) -> str:
    """The label policy of an arm's data; "" if none or several are stated."""
    stated = {str(one.dataset.bank.get("policy", "")) for one in feed.data if one.dataset is not None}
    return stated.pop() if len(stated) == 1 else ""


def training_steps(benchmark: Benchmark, feeds: Mapping[str, Feed], run: PlannedRun) -> int:
    """The steps of a run's training."""
    return load_schedule(benchmark.schedule).steps_for(len(feeds[run.arm.name].training))
