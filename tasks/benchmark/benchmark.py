"""``natocc benchmark``: segmenters trained on every arm, scored on every test set, told in tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shards.lock import lock
from tasks.benchmark.counts.measure import AS_LABELLED
from tasks.benchmark.options import BenchmarkOptions
from tasks.benchmark.run import ScoredRuns, prepare_benchmark, train_all
from tasks.benchmark.scores.results import Comparison, Result
from tasks.benchmark.tell import write_pages
from tasks.progress import OnProgress, ignore_progress

# Of the table on a terminal.
_SHOWN = "face_iou"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkReport:
    """``before``: runs that were finished when it began; ``missing``: test sets by name, with the reason."""

    out: str
    runs: int
    before: int
    sets: Mapping[str, int]
    missing: Mapping[str, str]
    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]
    files: tuple[str, ...]
    notes: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """A row for each network and arm: the face's IoU on every test set, as labelled, without TTA."""
        rows: dict[tuple[str, str], dict[str, str | int | float]] = {}
        for one in self.results:
            if one.metric == _SHOWN and not one.slice and not one.tta and one.reading == AS_LABELLED:
                row = rows.setdefault(
                    (one.network, one.mixture), {"network": one.network, "trained on": one.mixture}
                )
                spread = "" if one.seeds < 2 else f" ± {100 * one.spread:.1f}"
                row[one.set] = f"{100 * one.mean:.1f}{spread}"
        return list(rows.values())


def benchmark_segmenters(
    options: BenchmarkOptions, *, on_progress: OnProgress = ignore_progress
) -> BenchmarkReport:
    """Train, score and compare; what is finished is not done again.

    ``on_progress`` counts training steps and scored pictures. Writes to ``options.out`` the runs, the counts
    of every picture, results and comparisons. Raises BenchmarkError, ValueError and FileNotFoundError with
    one message before anything is trained, and as ``train_segmenter`` later.
    """
    with lock(options.out, wait=options.wait):
        scored = train_all(prepare_benchmark(options), options, on_progress=on_progress)
        return _report(scored, options)


def _report(scored: ScoredRuns, options: BenchmarkOptions) -> BenchmarkReport:
    material, files = write_pages(scored, options)
    sets = scored.prepared.sets
    return BenchmarkReport(
        out=options.out,
        runs=len(scored.prepared.runs),
        before=scored.before,
        sets={one.name: len(one.facts) for one in sets if not one.missing},
        missing={one.name: one.missing for one in sets if one.missing},
        results=material.results,
        comparisons=material.comparisons,
        files=files,
        notes=scored.notes,
    )
