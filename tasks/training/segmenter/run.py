"""One training of a segmenter in one process: pictures, network, state, steps."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from manifests.recipes.train.schedule import Schedule
from models.device import choose_device
from models.not_finite import Diverged
from models.segmenters.batches import Pictures
from models.segmenters.training import SegmenterTraining
from shards import storage
from tasks.progress import OnProgress
from tasks.training.checkpoint import CheckpointCallback, OtherTraining
from tasks.training.fit import Resources, fit
from tasks.training.ranks import ONE_PROCESS, Ranks
from tasks.training.segmenter.curves import write_progress
from tasks.training.segmenter.data import TestSets, read_test_sets
from tasks.training.segmenter.feed.batches import FeedBatches
from tasks.training.segmenter.feed.in_memory import pictures_of
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.open import Feed, FeedFilters, open_feed
from tasks.training.segmenter.feed.reading.source import FeedSource
from tasks.training.segmenter.feed.terms import check_purpose
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.select_best import SelectBest
from tasks.training.segmenter.start import StartedSegmenter, new_training, start_segmenter

_STATE, _BEST, _FAILED = "checkpoint.pt", "best.pt", "diverged.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterRun:
    """``resumed``: steps finished before; ``notes``: what the reader has to know."""

    options: SegmenterOptions
    schedule: Schedule
    out: str
    started: StartedSegmenter
    module: SegmenterTraining
    feed: Feed
    occlusion: DrawnOcclusion | None
    tests: TestSets
    checkpoint: CheckpointCallback
    best: SelectBest | None
    resumed: int
    notes: tuple[str, ...]

    def train(self, ranks: Ranks, on_progress: OnProgress) -> None:
        """Train what remains; raises as ``fit`` does."""
        options, schedule, module = self.options, self.schedule, self.module
        batches = FeedBatches(
            self.feed,
            augmentation=schedule.augmentation,
            batch=schedule.batch,
            steps=module.steps,
            seed=options.seed,
            first=module.step,
            accumulate=options.accumulate,
            rank=ranks.rank,
            world=ranks.world,
            loaders=options.loaders,
            occlusion=self.occlusion,
        )
        device = choose_device(options.device)
        resources = Resources(
            ranks=ranks,
            precision=schedule.precision,
            accumulate=options.accumulate,
            # Pooling and enlarging on a GPU have no other form.
            deterministic=device == "cpu",
        )
        callbacks = [self.best] if self.best else []
        try:
            fit(
                module,
                batches,
                self.checkpoint,
                device=device,
                on_progress=on_progress,
                callbacks=callbacks,
                resources=resources,
            )
        except Diverged as error:
            if module.failed_batch is None:
                raise
            name = _FAILED if ranks.world == 1 else f"{ranks.rank}-{_FAILED}"
            url = storage.join(self.out, name)
            storage.write_bytes(url, _encode_batch(module))
            raise Diverged(f"{error}; the batch is in {url}") from error
        if ranks.leads:
            write_progress(self.out, self.checkpoint.history, module, self.shown())

    def shown(self) -> Pictures | None:
        """The pictures that samples.png shows."""
        return self.best.pictures if self.best else self.tests.held_out


def prepare_run(
    sources: tuple[FeedSource, ...], bank_url: str | None, out: str, options: SegmenterOptions
) -> SegmenterRun:
    """Index the data, read validation and test pictures, make the network, and resume a state that lies in
    ``out``.

    Raises ValueError for data without training samples or whose terms, or those of the occluders, forbid the
    schedule's purpose, for options that do not fit the network, and for a state of another architecture or
    occlusion.
    """
    schedule = options.full_schedule()
    feed = open_feed(
        sources,
        size=schedule.size,
        target=options.target,
        held_out=schedule.validation,
        filters=FeedFilters(sets=options.sets, occluders=options.occluders),
    )
    occlusion = open_occlusion(options.occlusion, feed, bank_url, seed=options.seed)
    tests = read_test_sets(feed, bank_url, most=options.max_samples)
    validation = pictures_of(feed, feed.validation, options.max_samples)
    notes = [] if occlusion is None else occlusion.notes()
    if options.select_on == "realocc":
        if "RealOcc" not in tests.real:
            raise ValueError("--select-on realocc: expected faces of RealOcc in the bank, found none")
        validation = tests.real["RealOcc"]
        notes.append("the weights are selected on RealOcc: its scores are no longer those of unseen faces")
    elif not len(validation):
        notes.append("no validation faces: the weights of the last step are kept")
    started = start_segmenter(options, schedule)
    licences = {one.name: one.licences for one in feed.data}
    if occlusion is not None:
        licences |= occlusion.licences
    if started.licence:
        licences[started.started_from] = (started.licence,)
    check_purpose(licences, schedule.purpose)
    if started.started_from == "scratch":
        notes.append("trained from scratch: no ImageNet weights (--backbone)")
    module = new_training(started.network, options, schedule, pictures=len(feed.training))
    checkpoint = CheckpointCallback(
        storage.join(out, _STATE),
        every=options.every,
        settings=_settings(options, schedule, started, feed, occlusion),
    )
    resumed, replaced = _resume(checkpoint, module)
    best = None
    if len(validation):
        best = SelectBest(
            storage.join(out, _BEST),
            validation,
            checkpoint,
            variant=options.network,
            every=schedule.evaluate,
            batch=schedule.batch,
            on_scored=lambda scored: write_progress(out, checkpoint.history, scored, validation),
        )
    return SegmenterRun(
        options=options,
        schedule=schedule,
        out=out,
        started=started,
        module=module,
        feed=feed,
        occlusion=occlusion,
        tests=tests,
        checkpoint=checkpoint,
        best=best,
        resumed=resumed,
        notes=(*tests.notes, *notes, *replaced),
    )


def train_rank(
    sources: tuple[FeedSource, ...],
    bank_url: str | None,
    out: str,
    options: SegmenterOptions,
    ranks: Ranks = ONE_PROCESS,
    on_progress: OnProgress = lambda done, total: None,
) -> None:
    """Train as one of several processes; the one that leads writes the state."""
    prepare_run(sources, bank_url, out, options).train(ranks, on_progress)


def _resume(checkpoint: CheckpointCallback, module: SegmenterTraining) -> tuple[int, tuple[str, ...]]:
    """Return the step to go on from, and a note if another training's state is replaced.

    Scheduled trainings follow a dataset's latest version, and a bank, into the same folder. Raises
    OtherTraining for the state of another architecture or occlusion.
    """
    try:
        return checkpoint.resume(module), ()
    except OtherTraining as error:
        if {"network", "occlusion"} & {*error.names}:
            raise
        return 0, (f"{checkpoint.url}: the state of another training, replaced",)


def _settings(
    options: SegmenterOptions,
    schedule: Schedule,
    started: StartedSegmenter,
    feed: Feed,
    occlusion: DrawnOcclusion | None,
) -> dict[str, object]:
    """Return all settings that determine the weights. Processes share a batch, so their number is none.

    Without occlusion there is no setting of it, as in states of earlier releases.
    """
    names = ("network", "target", "seed", "width", "accumulate", "freeze_norms", "select_on")
    fields = schedule.model_dump(mode="json", exclude={"name", "description", "purpose"})
    return {
        **{name: getattr(options, name) for name in names},
        **{
            name: value if isinstance(value, int | float | str) else str(value)
            for name, value in fields.items()
        },
        "started_from": started.started_from,
        "pictures": feed.fingerprint,
        **({} if occlusion is None else occlusion.settings()),
    }


def _encode_batch(module: SegmenterTraining) -> bytes:
    assert module.failed_batch is not None  # noqa: S101 (the caller looked)
    images, labels = module.failed_batch
    stream = io.BytesIO()
    np.savez(stream, images=images.cpu().numpy(), labels=labels.cpu().numpy(), step=module.step + 1)
    return stream.getvalue()
