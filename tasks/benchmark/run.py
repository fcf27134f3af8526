"""A benchmark from its plan to its counts: everything checked first, then trained and scored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from assets.bank.reader import Bank
from assets.problems import Problem
from manifests.benchmarks.benchmark import Benchmark, load_benchmark
from models.optional_packages import BENCHMARK_PACKAGES, require_packages
from shards import storage
from shards.check_output import check_folder
from tasks.benchmark.arms import open_arms, policy_of, training_steps
from tasks.benchmark.counts.store import facts_of, merge_counts
from tasks.benchmark.foreign import foreign_counts
from tasks.benchmark.options import BenchmarkOptions
from tasks.benchmark.plan import PlannedRun, plan_runs, run_options
from tasks.benchmark.sets.open import open_test_sets
from tasks.benchmark.sets.overlap import UsedPhotograph, check_overlap, drawn_from, learnt_by
from tasks.benchmark.sets.picture import TestSet
from tasks.benchmark.trained import COUNTS_FILE, finished_counts, train_and_score
from tasks.progress import OnProgress, ignore_progress
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.open import Feed

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedBenchmark:
    """Runs, what each arm learns from, and the test sets."""

    benchmark: Benchmark
    runs: tuple[PlannedRun, ...]
    feeds: Mapping[str, Feed]
    sets: tuple[TestSet, ...]
    # What was converted or left out of test sets.
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRuns:
    """``before``: runs that were finished when it began.

    ``facts``: what was written with the counts of each run, by its name; ``counts``: those of all runs and of
    masks of others; ``notes``: what was left out or converted.
    """

    prepared: PreparedBenchmark
    before: int
    facts: Mapping[str, Mapping[str, str]]
    counts: pa.Table
    notes: tuple[str, ...]


def prepare_benchmark(options: BenchmarkOptions) -> PreparedBenchmark:
    """Check all that can be checked before a training: data, test sets, overlap, comparisons.

    Raises MissingExtra, BenchmarkError, ValueError and FileNotFoundError with one message.
    """
    require_packages("natocc benchmark", BENCHMARK_PACKAGES, extra="benchmark")
    benchmark = load_benchmark(options.benchmark)
    check_folder(options.out)
    runs = plan_runs(benchmark, options.datasets)
    problems: list[Problem] = []
    feeds = open_arms(benchmark, runs)
    sets = open_test_sets(
        benchmark.sets,
        bank_url=options.bank,
        versions=[storage.join(options.datasets, name) for name in benchmark.test_datasets],
        folders=options.own_folders(),
        raw=options.raw,
        report=problems.append,
    )
    _check_sets(benchmark, sets)
    bank = Bank(options.bank) if options.bank else None
    for arm, feed in feeds.items():
        run = next(one for one in runs if one.arm.name == arm)
        check_overlap(learnt_by(feed, bank), sets)
        check_overlap(_drawn_by(run, benchmark, feed, bank), sets)
    _keep_plan(options.out, benchmark)
    return PreparedBenchmark(benchmark=benchmark, runs=runs, feeds=feeds, sets=sets, problems=tuple(problems))


def train_all(
    prepared: PreparedBenchmark,
    options: BenchmarkOptions,
    *,
    on_progress: OnProgress = ignore_progress,
) -> ScoredRuns:
    """Train and score every run that is not finished, and write the counts of all.

    ``on_progress`` counts training steps and scored pictures. Raises as ``train_segmenter``.
    """
    benchmark, runs = prepared.benchmark, prepared.runs
    sets = [one for one in prepared.sets if not one.missing]
    pictures = sum(len(one.facts) for one in sets) * (2 if benchmark.tta else 1)
    lengths = [training_steps(benchmark, prepared.feeds, run) + pictures for run in runs]
    total, done, before = sum(lengths), 0, 0
    tables: dict[str, pa.Table] = {}
    on_progress(0, total)
    for run, length in zip(runs, lengths, strict=True):
        table = finished_counts(run, benchmark, options, sets)
        if table is None:
            counter = _Counter(on_progress, done, total)
            table = train_and_score(
                run,
                benchmark,
                options,
                sets,
                policy=policy_of(prepared.feeds[run.arm.name]),
                on_progress=counter.steps,
                on_picture=counter.picture,
            )
        else:
            before += 1
        done += length
        on_progress(done, total)
        tables[run.name] = table
    foreign, left_out = foreign_counts(options.out, sets)
    notes = (*map(str, prepared.problems), *left_out)
    facts = {"benchmark": benchmark.model_dump_json()}
    counts = merge_counts(storage.join(options.out, COUNTS_FILE), [*tables.values(), *foreign], facts)
    return ScoredRuns(
        prepared=prepared,
        before=before,
        facts={name: facts_of(table) for name, table in tables.items()},
        counts=counts,
        notes=notes,
    )


def _drawn_by(
    run: PlannedRun, benchmark: Benchmark, feed: Feed, bank: Bank | None
) -> Iterable[UsedPhotograph]:
    """The photographs of the occluders that an arm draws while it trains.

    Raises ValueError for occlusions without a bank, and as ``open_occlusion``.
    """
    if not run.arm.occlude:
        return ()
    if bank is None:
        raise ValueError(f"--bank: expected the bank whose occluders the arm {run.arm.name} draws, got none")
    choice = run_options(run, benchmark, weights=None, device="auto", loaders=0).occlusion
    drawn = open_occlusion(choice, feed, bank.url, seed=run.seed)
    return () if drawn is None or drawn.occluders is None else drawn_from(bank, drawn.occluders.pools)


def _check_sets(benchmark: Benchmark, sets: Sequence[TestSet]) -> None:
    there = [one.name for one in sets if not one.missing]
    if not there:
        reasons = "; ".join(f"{one.name}: {one.missing}" for one in sets)
        raise ValueError(f"{benchmark.name}: expected at least one test set, got none: {reasons}")
    unknown = {one.set for one in benchmark.comparisons} - {one.name for one in sets}
    if unknown:
        raise ValueError(
            f"{benchmark.name}: expected comparisons on the test sets {', '.join(one.name for one in sets)}, "
            f"got {', '.join(sorted(unknown))}"
        )


def _keep_plan(out: str, benchmark: Benchmark) -> None:
    """Write which comparisons were named before training. Raises ValueError for others than at the start."""
    url = storage.join(out, _PLAN)
    named = [one.model_dump() for one in benchmark.comparisons]
    if storage.exists(url):
        before = json.loads(storage.read_bytes(url))["comparisons"]
        if before != named:
            raise ValueError(
                f"{out}: expected the comparisons that were named before its trainings ({_PLAN}), got "
                "others; use another --out"
            )
    plan = {"benchmark": benchmark.model_dump(mode="json"), "comparisons": named}
    storage.write_bytes(url, json.dumps(plan, indent=1).encode())


class _Counter:
    """Adds a run's steps and pictures to what was done before it."""

    def __init__(self, on_progress: OnProgress, before: int, total: int) -> None:
        self._on_progress, self._done, self._total = on_progress, before, total
        self._steps = 0

    def steps(self, done: int, total: int | None) -> None:
        self._done += done - self._steps
        self._steps = done
        self._on_progress(self._done, self._total)

    def picture(self) -> None:
        self._done += 1
        self._on_progress(self._done, self._total)
