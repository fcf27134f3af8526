"""One run of a benchmark: trained, then scored on all test sets, each once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.bank.reader import Bank
from assets.weights.files import find_weights, is_name
from manifests.benchmarks.benchmark import Benchmark, NetworkChoice
from shards import storage
from tasks.benchmark.counts.measure import Predictor
from tasks.benchmark.counts.store import facts_of, read_counts, write_counts
from tasks.benchmark.options import BenchmarkOptions
from tasks.benchmark.plan import PlannedRun, run_options, settings_of
from tasks.benchmark.score import score_sets
from tasks.benchmark.sets.picture import TestSet
from tasks.infer.network import open_segmenter
from tasks.progress import OnProgress

COUNTS_FILE = "counts.parquet"
_TRAINING, _WEIGHTS = "training", "segmenter.pt"


def run_folder(out: str, run: PlannedRun) -> str:
    """The folder of a run's training and counts."""
    return storage.join(out, "runs", run.name)


def weights_of(out: str, run: PlannedRun) -> str:
    """The weights that a finished run has."""
    return storage.join(run_folder(out, run), _TRAINING, _WEIGHTS)


def finished_counts(
    run: PlannedRun, benchmark: Benchmark, options: BenchmarkOptions, sets: Sequence[TestSet]
) -> pa.Table | None:
    """The counts of a run that is finished; None if training, test sets or weights are others by now."""
    url = storage.join(run_folder(options.out, run), COUNTS_FILE)
    if not storage.exists(url):
        return None
    table = read_counts(url)
    stated = facts_of(table)
    wanted = _facts(run, benchmark, options, sets)
    return table if all(stated.get(name) == value for name, value in wanted.items()) else None


def train_and_score(
    run: PlannedRun,
    benchmark: Benchmark,
    options: BenchmarkOptions,
    sets: Sequence[TestSet],
    *,
    policy: str,
    on_progress: OnProgress,
    on_picture: Callable[[], None],
) -> pa.Table:
    """Train a run, or go on with it, score it, and write its counts.

    ``policy``: the label policy of what it learns. ``on_progress`` counts steps. Raises as
    ``train_segmenter``.
    """
    from tasks.training.segmenter.train import train_segmenter

    start = time.monotonic()
    folder = storage.join(run_folder(options.out, run), _TRAINING)
    training = _training_options(run, benchmark, options)
    bank = options.bank if run.arm.occlude else None
    report = train_segmenter(None, bank, folder, training, wait=options.wait, on_progress=on_progress)
    network = open_segmenter(report.weights, options.device)
    checkpoint = storage.sha256_of(report.weights)
    rows: list[dict[str, object]] = []
    for tta in (False, True) if benchmark.tta else (False,):
        predictor = Predictor(
            network=run.choice.network,
            mixture=run.arm.name,
            seed=run.seed,
            checkpoint=checkpoint,
            tta=tta,
            policy=policy,
        )
        rows += score_sets(network, sets, predictor, on_picture=on_picture)
    # Of this call: a run that was interrupted took longer.
    facts = {"checkpoint": checkpoint, "seconds": f"{time.monotonic() - start:.1f}"}
    url = storage.join(run_folder(options.out, run), COUNTS_FILE)
    return write_counts(url, rows, {**_facts(run, benchmark, options, sets), **facts})


def read_figures(out: str, run: PlannedRun) -> dict[str, Any]:
    """The metrics.json of a finished run."""
    url = storage.join(run_folder(out, run), _TRAINING, "metrics.json")
    figures: dict[str, Any] = json.loads(storage.read_bytes(url))
    return figures


def _training_options(run: PlannedRun, benchmark: Benchmark, options: BenchmarkOptions) -> Any:
    return run_options(
        run, benchmark, weights=options.weights, device=options.device, loaders=options.loaders
    )


def _facts(
    run: PlannedRun, benchmark: Benchmark, options: BenchmarkOptions, sets: Sequence[TestSet]
) -> Mapping[str, str]:
    """What a run's counts depend on, as texts."""
    occluders = Bank(options.bank).index["content_sha256"] if run.arm.occlude and options.bank else ""
    settings = settings_of(
        _training_options(run, benchmark, options),
        backbone_sha256=_backbone_sha256(run.choice, options.weights),
        bank_sha256=occluders,
    )
    return {
        "training": json.dumps(settings, sort_keys=True),
        "sets": json.dumps({one.name: one.fingerprint for one in sets if not one.missing}, sort_keys=True),
        "tta": str(benchmark.tta),
    }


def _backbone_sha256(choice: NetworkChoice, weights: str | None) -> str:
    if choice.backbone == "none":
        return ""
    path = Path(choice.backbone)
    if is_name(choice.backbone) and not path.is_file():
        path = find_weights(choice.backbone, weights).path
    return storage.sha256_of(str(path))
