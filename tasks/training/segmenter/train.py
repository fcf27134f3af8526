"""Minimal example: train a small segmenter on the shards and score it."""

from __future__ import annotations

import torch

from manifests.dataset import read_dataset
from models.device import choose_device
from models.segmenters.batches import Pictures, TrainingBatches
from models.segmenters.checkpoint import encode_segmenter
from models.segmenters.network import FaceSegmenter
from models.segmenters.training import SegmenterTraining
from models.segmenters.variants import new_segmenter
from shards import storage
from shards.lock import one_writer
from tasks.history.gone import resolve_readable
from tasks.progress import OnProgress, ignore_progress
from tasks.training.checkpoint import CheckpointCallback, OtherTraining
from tasks.training.fit import fit
from tasks.training.folder import check_training_folder
from tasks.training.report import encode_metrics
from tasks.training.segmenter.data import examples_sha256, read_split, read_test_sets
from tasks.training.segmenter.evaluate import SegmenterScore, average_mask, evaluate_segmenter
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.report import SegmenterReport

_WEIGHTS, _METRICS, _STATE = "segmenter.pt", "metrics.json", "checkpoint.pt"


@one_writer("out")
def train_segmenter(
    version_url: str,
    bank_url: str | None,
    out: str,
    options: SegmenterOptions,
    *,
    wait: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> SegmenterReport:
    """Train a segmenter on a version's training shards; test it on held-out and really occluded faces.

    ``version_url`` is the URL of a version, or of a dataset to use its ``latest`` version. ``bank_url`` is
    the bank with the really occluded faces; each of its data sets gets a score (None: no such test).
    Writes ``segmenter.pt`` and ``metrics.json`` to ``out``. A later call with equal pictures and options
    resumes from ``checkpoint.pt`` there. On one kind of machine the weights are then bit-identical to
    those of an uninterrupted training.

    Raises OSError if ``out`` can't be written or holds another kind of training, FileNotFoundError for a URL
    without version or bank, ValueError for a missing device, for a
    version without training samples and for a state of another training, Diverged if losses or
    weights are not finite, and Interrupted after a signal (tasks.training.fit).
    """
    device = choose_device(options.device)
    check_training_folder(out, "segmenter")
    url = resolve_readable(version_url)
    version = read_dataset(url).version
    training = _training_samples(url, options)
    tests = read_test_sets(url, bank_url, size=options.size, most=options.max_samples)
    network = _new_segmenter(options)
    module = SegmenterTraining(
        network, learning_rate=options.learning_rate, steps=options.steps, seed=options.seed
    )
    checkpoint = CheckpointCallback(
        storage.join(out, _STATE), every=options.every, settings=_settings(options, training)
    )
    resumed, replaced = _resume(checkpoint, module)
    batches = TrainingBatches(
        training, batch=options.batch, steps=options.steps, seed=options.seed, first=module.step
    )
    fit(module, batches, checkpoint, device=device, on_progress=on_progress)
    constant = average_mask(training)

    def score(pictures: Pictures) -> SegmenterScore:
        return evaluate_segmenter(module, pictures, constant, batch=options.batch, device=device)

    report = SegmenterReport(
        weights=storage.join(out, _WEIGHTS),
        metrics=storage.join(out, _METRICS),
        state=checkpoint.url,
        version=version,
        size=options.size,
        steps=options.steps,
        resumed=resumed,
        trained_on=len(training),
        held_out=score(tests.held_out) if tests.held_out else None,
        real={name: score(pictures) for name, pictures in tests.real.items()},
        notes=(*tests.notes, *replaced),
    )
    storage.write_bytes(report.weights, encode_segmenter(network, options.network))
    storage.write_bytes(report.metrics, _metrics(report, options, checkpoint))
    return report


def _training_samples(url: str, options: SegmenterOptions) -> Pictures:
    training = read_split(url, "train", size=options.size, most=options.max_samples)
    if not len(training):
        raise ValueError(
            f"{url}: expected samples of the split train, found none; build a recipe that has some"
        )
    return training


def _resume(checkpoint: CheckpointCallback, module: SegmenterTraining) -> tuple[int, tuple[str, ...]]:
    """Return the step to go on from, and a note if another training's state is replaced.

    Scheduled trainings follow a dataset's latest version into the same folder.
    """
    try:
        return checkpoint.resume(module), ()
    except OtherTraining:
        return 0, (f"{checkpoint.url}: the state of another training, replaced",)


def _settings(options: SegmenterOptions, training: Pictures) -> dict[str, object]:
    """Return all settings that determine the weights."""
    names = ("network", "size", "steps", "batch", "seed", "width", "learning_rate")
    return {name: getattr(options, name) for name in names} | {"pictures": examples_sha256(training)}


def _metrics(report: SegmenterReport, options: SegmenterOptions, checkpoint: CheckpointCallback) -> bytes:
    names = ("batch", "seed", "width", "learning_rate")
    return encode_metrics(
        {
            **report.figures(),
            "options": {name: getattr(options, name) for name in names},
            "losses": checkpoint.history,
            "torch": str(torch.__version__),
        }
    )


def _new_segmenter(options: SegmenterOptions) -> FaceSegmenter:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        return new_segmenter(options.network, width=options.width)
