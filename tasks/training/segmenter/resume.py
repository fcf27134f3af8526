"""What the state of a segmenter's training has to agree with, and going on from it."""

from __future__ import annotations

from manifests.recipes.train.schedule import Schedule
from models.segmenters.training import SegmenterTraining
from tasks.training.checkpoint import CheckpointCallback, OtherTraining
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.open import Feed
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.start import StartedSegmenter


def resume_or_replace(
    checkpoint: CheckpointCallback, module: SegmenterTraining
) -> tuple[int, tuple[str, ...]]:
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


def deciding_settings(
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
