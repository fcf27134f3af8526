"""Train a segmenter on a version's shards and score it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import torch

from models.device import choose_device
from models.segmenters.batches import Pictures
from models.segmenters.checkpoint import SegmenterMetadata, encode_segmenter
from shards import storage
from shards.lock import one_writer
from tasks.progress import OnProgress, ignore_progress
from tasks.training.folder import check_training_folder
from tasks.training.ranks import ONE_PROCESS, Ranks, ranks_here
from tasks.training.report import encode_metrics
from tasks.training.segmenter.evaluate import SegmenterScore, average_mask, evaluate_segmenter
from tasks.training.segmenter.feed.in_memory import pictures_of
from tasks.training.segmenter.feed.occlusion.tally import tally_occlusion
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.report import SegmenterReport
from tasks.training.segmenter.run import SegmenterRun, feed_of_run, prepare_run, train_rank
from tasks.training.segmenter.select_best import SELECTION_SCORE, best_row
from tasks.training.spawn import spawn_ranks

_WEIGHTS, _METRICS = "segmenter.pt", "metrics.json"
_HELD_OUT = "held-out synthetic"
# Training pictures of which the constant mask is the average.
_AVERAGED = 512


def train_segmenter(
    version_url: str | None,
    bank_url: str | None,
    out: str,
    options: SegmenterOptions,
    *,
    wait: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> SegmenterReport:
    """Train a segmenter on training shards; test it on held-out and really occluded faces.

    ``version_url`` is the URL of a version, or of a dataset to use its ``latest`` version; None for the data
    or the mixture of the options. ``bank_url`` is
    the bank with the really occluded faces; each of its data sets gets a score (None: no such test).
    Its occluders are those that the options' occlusions draw.
    Writes ``segmenter.pt`` (the best weights), ``metrics.json``, ``curves.csv``, ``samples.png`` and, to a
    local folder, ``tensorboard`` to ``out``. A later call with equal pictures and options
    resumes from ``checkpoint.pt`` there. On one kind of machine the weights are then bit-identical to
    those of an uninterrupted training.

    Raises OSError if ``out`` can't be written or holds another kind of training, FileNotFoundError for a URL
    without version or bank, ValueError for a missing device, for a
    version without training samples and for a state of another architecture, Diverged if losses or
    weights are not finite, LostRank if one of several processes ends, and Interrupted after a signal
    (tasks.training.fit).
    """
    choose_device(options.device)
    ranks = ranks_here(options.processes)
    if ranks is not None and not ranks.leads:
        # The process that leads holds the lock for all.
        run = prepare_run(feed_of_run(options.sources(version_url), options), bank_url, out, options)
        run.train(ranks, ignore_progress)
        return _unscored(run, ranks)
    return _train(version_url, bank_url, out, options, wait=wait, on_progress=on_progress)


@one_writer("out")
def _train(
    version_url: str | None,
    bank_url: str | None,
    out: str,
    options: SegmenterOptions,
    *,
    wait: bool = False,
    on_progress: OnProgress,
) -> SegmenterReport:
    check_training_folder(out, "segmenter")
    feed = feed_of_run(options.sources(version_url), options)
    run = prepare_run(feed, bank_url, out, options)
    ranks = ranks_here(options.processes)
    # Before the training, so that a damaged one is named at once.
    tests = _read_tests(run)
    if ranks is None and options.processes > 1 and run.module.step < run.module.steps:
        run.compare_shards()
        spawn_ranks(
            train_rank,
            (feed, bank_url, out, options),
            options.processes,
            state=run.checkpoint.url,
            on_progress=on_progress,
        )
        run.checkpoint.resume(run.module)
    else:
        run.train(ranks or ONE_PROCESS, on_progress)
    return _finish(run, tests)


def _read_tests(run: SegmenterRun) -> dict[str, Pictures]:
    """The pictures to test on, by data set."""
    sets = {_HELD_OUT: run.sets.held_out, **run.sets.real}
    return {name: pictures.whole() for name, pictures in sets.items() if len(pictures)}


def _finish(run: SegmenterRun, tests: Mapping[str, Pictures]) -> SegmenterReport:
    """Score the selected weights, and write them."""
    module = run.module
    selected = run.load_selected()
    constant = average_mask(pictures_of(run.feed, run.feed.training, _AVERAGED).whole())
    device, batch = choose_device(run.options.device), run.schedule.batch
    scores = {
        name: evaluate_segmenter(module, pictures, constant, batch=batch, device=device, alone=True)
        for name, pictures in tests.items()
    }
    report = _report(run, selected, scores, _drawn(run))
    metadata = _metadata(run, report)
    storage.write_bytes(report.weights, encode_segmenter(module.network, run.options.network, metadata))
    storage.write_bytes(report.metrics, _metrics(run, report))
    return report


def _unscored(run: SegmenterRun, ranks: Ranks) -> SegmenterReport:
    """The report of a process that does not lead."""
    best = best_row(run.checkpoint)
    note = f"process {ranks.rank + 1} of {ranks.world}: the first one scores the weights and writes them"
    return _report(run, int(best["step"]) if best else run.module.steps, {}, None, note)


def _report(
    run: SegmenterRun,
    selected: int,
    scores: Mapping[str, SegmenterScore],
    drawn: Mapping[str, Any] | None,
    *more: str,
) -> SegmenterReport:
    return SegmenterReport(
        weights=storage.join(run.out, _WEIGHTS),
        metrics=storage.join(run.out, _METRICS),
        state=run.checkpoint.url,
        version=_version_of(run.feed),
        size=run.schedule.size,
        steps=run.module.steps,
        resumed=run.resumed,
        trained_on=len(run.feed.training),
        network=run.options.network,
        schedule=run.schedule.name,
        started_from=run.started.started_from,
        selected_on=run.sets.selected_on or "last step",
        selected_step=selected,
        occlusion=str(run.occlusion or "none"),
        drawn=drawn,
        held_out=scores.get(_HELD_OUT),
        real={name: scores[name] for name in run.sets.real if name in scores},
        notes=(*run.notes, *_idle_draws(drawn), *more),
    )


def _drawn(run: SegmenterRun) -> dict[str, Any] | None:
    """What was drawn on training faces, and what it did to some of them."""
    if run.occlusion is None:
        return None
    tallies = tally_occlusion(run.feed, run.occlusion)
    return {**run.occlusion.described(), "tally": {name: asdict(one) for name, one in tallies.items()}}


def _idle_draws(drawn: Mapping[str, Any] | None) -> Iterator[str]:
    for name, tally in (drawn or {}).get("tally", {}).items():
        if tally["hiding"] < tally["drawn"]:
            idle = tally["drawn"] - tally["hiding"]
            yield f"{name} hid no face in {idle} of {tally['drawn']} draws that were counted"


def _metadata(run: SegmenterRun, report: SegmenterReport) -> SegmenterMetadata:
    scores = {_HELD_OUT: report.held_out, **report.real}
    return SegmenterMetadata(
        size=report.size,
        started_from=report.started_from,
        selected_on=report.selected_on,
        target=run.options.target,
        data=tuple(
            {
                "name": one.url if one.dataset is None else one.dataset.name,
                "version": "" if one.dataset is None else one.dataset.version,
                "weight": one.weight,
            }
            for one in run.feed.data
        ),
        licences=_licences(run),
        occlusion={} if run.occlusion is None else run.occlusion.described(),
        metrics={
            name: {"face_iou": score.face_iou, "pixel_accuracy": score.pixel_accuracy}
            for name, score in scores.items()
            if score
        },
        schedule=run.schedule.model_dump(mode="json"),
        written_by="natocc train-segmenter",
    )


def _version_of(feed: Feed) -> str:
    """The version, or all of several."""
    return ", ".join(one.url if one.dataset is None else one.dataset.version for one in feed.data)


def _licences(run: SegmenterRun) -> tuple[str, ...]:
    """Those of the data, of drawn occluders, and of the weights that it started from, each once."""
    found = [licence for one in run.feed.data for licence in one.licences]
    if run.occlusion is not None:
        found += [licence for terms in run.occlusion.licences.values() for licence in terms]
    return tuple(dict.fromkeys(filter(None, (*found, run.started.licence))))


def _metrics(run: SegmenterRun, report: SegmenterReport) -> bytes:
    options, history = run.options, run.checkpoint.history
    names = ("seed", "width", "accumulate", "freeze_norms")
    return encode_metrics(
        {
            **report.figures(),
            "options": {name: getattr(options, name) for name in names},
            "schedule": run.schedule.model_dump(mode="json"),
            "losses": [row for row in history if SELECTION_SCORE not in row],
            "selection": [row for row in history if SELECTION_SCORE in row],
            "torch": str(torch.__version__),
        }
    )
