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
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.fit import Resources, fit
from tasks.training.ranks import ONE_PROCESS, Ranks
from tasks.training.segmenter.curves import write_progress
from tasks.training.segmenter.data import ScoredSets, scored_sets
from tasks.training.segmenter.feed.batches import FeedBatches
from tasks.training.segmenter.feed.coverage import coverage_notes
from tasks.training.segmenter.feed.filters import FeedFilters
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.open import Feed, open_feed
from tasks.training.segmenter.feed.reading.source import FeedSource
from tasks.training.segmenter.feed.terms import check_purpose
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.resume import deciding_settings, resume_or_replace
from tasks.training.segmenter.select_best import SelectBest, load_best
from tasks.training.segmenter.start import StartedSegmenter, new_training, start_segmenter

_STATE, _BEST, _FAILED = "checkpoint.pt", "best.pt", "diverged.npz"
# Pictures in samples.png.
_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterRun:
    """``resumed``: steps finished before; ``notes``: what the reader has to know.

    Pictures of ``sets`` are read when they are scored, each by the process that does.
    """

    options: SegmenterOptions
    schedule: Schedule
    out: str
    started: StartedSegmenter
    module: SegmenterTraining
    feed: Feed
    occlusion: DrawnOcclusion | None
    sets: ScoredSets
    checkpoint: CheckpointCallback
    resumed: int
    notes: tuple[str, ...]

    def train(self, ranks: Ranks, on_progress: OnProgress) -> None:
        """Train what remains; raises as ``fit`` does."""
        options, schedule, module = self.options, self.schedule, self.module
        share = self.selection_of(ranks)
        shown = self._shown() if ranks.leads else None
        device = choose_device(options.device)
        resources = Resources(
            ranks=ranks,
            precision=schedule.precision,
            accumulate=options.accumulate,
            # Pooling and enlarging on a GPU have no other form.
            deterministic=device == "cpu",
        )
        try:
            fit(
                module,
                self._batches(ranks),
                self.checkpoint,
                device=device,
                on_progress=on_progress,
                callbacks=[] if share is None else [self._selecting(share, shown)],
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
            write_progress(self.out, self.checkpoint.history, module, shown)

    def compare_shards(self) -> None:
        """Compare the shards to learn from with their hashes, once for all processes that get the feed."""
        self._batches(ONE_PROCESS).compare_shards()
        self.feed.reader.compare(one.file for one in self.feed.validation)

    def selection_of(self, ranks: Ranks) -> Pictures | None:
        """A process's share of the pictures that select the weights; of fewer than processes, all."""
        selection = self.sets.selection
        if not len(selection) or self.module.step == self.module.steps:
            return None
        if len(selection) < ranks.world:
            return selection.whole()
        return selection.part(range(ranks.rank, len(selection), ranks.world))

    def load_selected(self) -> int:
        """Load the weights that are kept into the network; return the step that they are of."""
        if not len(self.sets.selection):
            return self.module.steps
        return load_best(storage.join(self.out, _BEST), self.checkpoint, self.module)

    def _batches(self, ranks: Ranks) -> FeedBatches:
        return FeedBatches(
            self.feed,
            augmentation=self.schedule.augmentation,
            batch=self.schedule.batch,
            steps=self.module.steps,
            seed=self.options.seed,
            first=self.module.step,
            accumulate=self.options.accumulate,
            rank=ranks.rank,
            world=ranks.world,
            loaders=self.options.loaders,
            occlusion=self.occlusion,
        )

    def _selecting(self, share: Pictures, shown: Pictures | None) -> SelectBest:
        return SelectBest(
            storage.join(self.out, _BEST),
            share,
            self.checkpoint,
            variant=self.options.network,
            every=self.schedule.evaluate,
            batch=self.schedule.batch,
            on_scored=lambda scored: write_progress(self.out, self.checkpoint.history, scored, shown),
        )

    def _shown(self) -> Pictures | None:
        """The pictures that samples.png shows."""
        pictures = self.sets.selection if len(self.sets.selection) else self.sets.held_out
        return pictures.part(range(min(_SHOWN, len(pictures)))) if len(pictures) else None


def feed_of_run(sources: tuple[FeedSource, ...], options: SegmenterOptions) -> Feed:
    """Index the data of a training. Raises as ``open_feed``."""
    schedule = options.full_schedule()
    return open_feed(
        sources,
        size=schedule.size,
        target=options.target,
        held_out=schedule.validation,
        filters=FeedFilters(sets=options.sets, occluders=options.occluders),
    )


def prepare_run(feed: Feed, bank_url: str | None, out: str, options: SegmenterOptions) -> SegmenterRun:
    """Make the network, and resume a state that lies in ``out``. No picture is read.

    Raises ValueError for data or occluders whose terms forbid the schedule's purpose, for options that do not
    fit the network, and for a state of another architecture or occlusion.
    """
    schedule = options.full_schedule()
    occlusion = open_occlusion(options.occlusion, feed, bank_url, seed=options.seed)
    on_realocc = options.select_on == "realocc"
    sets = scored_sets(feed, bank_url, most=options.max_samples, on_realocc=on_realocc)
    started = start_segmenter(options, schedule)
    licences = {one.name: one.licences for one in feed.data}
    if occlusion is not None:
        licences |= occlusion.licences
    if started.licence:
        licences[started.started_from] = (started.licence,)
    check_purpose(licences, schedule.purpose)
    notes = [] if occlusion is None else occlusion.notes()
    if started.started_from == "scratch":
        notes.append("trained from scratch: no ImageNet weights (--backbone)")
    module = new_training(started.network, options, schedule, pictures=len(feed.training))
    notes += coverage_notes(feed, seed=options.seed, steps=module.steps, batch=schedule.batch)
    checkpoint = CheckpointCallback(
        storage.join(out, _STATE),
        every=options.every,
        settings=deciding_settings(options, schedule, started, feed, occlusion),
    )
    resumed, replaced = resume_or_replace(checkpoint, module)
    return SegmenterRun(
        options=options,
        schedule=schedule,
        out=out,
        started=started,
        module=module,
        feed=feed,
        occlusion=occlusion,
        sets=sets,
        checkpoint=checkpoint,
        resumed=resumed,
        notes=(*feed.notes, *sets.notes, *notes, *replaced),
    )


def train_rank(
    feed: Feed,
    bank_url: str | None,
    out: str,
    options: SegmenterOptions,
    ranks: Ranks = ONE_PROCESS,
    on_progress: OnProgress = lambda done, total: None,
) -> None:
    """Train as one of several processes; the one that leads writes the state."""
    prepare_run(feed, bank_url, out, options).train(ranks, on_progress)


def _encode_batch(module: SegmenterTraining) -> bytes:
    assert module.failed_batch is not None  # noqa: S101 (the caller looked)
    images, labels = module.failed_batch
    stream = io.BytesIO()
    np.savez(stream, images=images.cpu().numpy(), labels=labels.cpu().numpy(), step=module.step + 1)
    return stream.getvalue()
