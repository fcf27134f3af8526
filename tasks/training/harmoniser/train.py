"""Train RainNet on composites with their real pictures, or on recoloured regions of any photographs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import torch

from models.checkpoints.safetensors_io import encode_network
from models.device import choose_device
from models.rainnet.runner import RainNetRunner
from models.rainnet.training import RainNetBatch, RainNetSchedule, RainNetTraining
from natocc.codecs import encode_png_rgb
from shards import storage
from shards.lock import one_writer
from tasks.progress import OnProgress, ignore_progress
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.fit import fit
from tasks.training.folder import check_training_folder
from tasks.training.harmoniser.batches import HarmoniserBatches
from tasks.training.harmoniser.data.bank import BankScenes
from tasks.training.harmoniser.data.folder import FolderScenes
from tasks.training.harmoniser.data.iharmony4 import IHarmony4Scenes
from tasks.training.harmoniser.data.pairs import TrainingPairs, held_out_pairs
from tasks.training.harmoniser.data.scenes import Located, Scenes, SceneSource, scenes_sha256, split_items
from tasks.training.harmoniser.evaluate import Evaluation, evaluate_harmoniser
from tasks.training.harmoniser.options import EPOCHS, HarmoniserOptions, scene_source_problem
from tasks.training.harmoniser.report import HarmoniserReport
from tasks.training.loading import load_items
from tasks.training.report import encode_metrics

_WEIGHTS, _STATE = "harmonizer.safetensors", "checkpoint.pt"
_METRICS, _PREVIEWS = "metrics.json", "previews.png"
# The shorter side of held-out pictures at full size.
_FULL = 1024
# Most problems in the message for too few photographs.
_PROBLEMS = 5


def open_sources(
    *,
    bank: str | None = None,
    photos: str | None = None,
    masks: str | None = None,
    iharmony4: str | None = None,
) -> list[SceneSource]:
    """Open the given sources, in a fixed order. Raises ValueError for none and for photos without masks."""
    if problem := scene_source_problem(bank=bank, photos=photos, masks=masks, iharmony4=iharmony4):
        raise ValueError(problem)
    sources: list[SceneSource] = []
    if iharmony4 is not None:
        sources.append(IHarmony4Scenes(iharmony4))
    if bank is not None:
        sources.append(BankScenes(bank))
    if photos is not None and masks is not None:
        sources.append(FolderScenes(photos, masks))
    return sources


@one_writer("out")
def train_harmoniser(
    sources: Sequence[SceneSource],
    out: str,
    options: HarmoniserOptions,
    *,
    wait: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> HarmoniserReport:
    """Train RainNet on ``sources`` and score it on their held-out pictures.

    Writes ``harmonizer.safetensors``, ``metrics.json`` and ``previews.png`` to ``out``. A later call with
    equal inputs and options resumes from ``checkpoint.pt`` there. On one CPU the weights are then
    bit-identical to those of an uninterrupted training.

    Raises OSError if ``out`` can't be written or holds another kind of training, ValueError for invalid
    inputs and options and for a checkpoint of another training, Diverged if losses or weights are not finite,
    and Interrupted after a signal; the last checkpoint stays (tasks.training.fit).
    """
    choose_device(options.device)
    check_training_folder(out, "harmoniser")
    learnt, held_out = _split(sources, options.hold_out)
    schedule = RainNetSchedule(
        steps=options.steps or math.ceil(EPOCHS * len(learnt) / options.batch),
        seed=options.seed,
        width=options.width,
        learning_rate=options.learning_rate,
        adversarial=options.adversarial,
    )
    module = RainNetTraining(schedule)
    checkpoint = CheckpointCallback(
        storage.join(out, _STATE), every=options.every, settings=_settings(schedule, options, learnt)
    )
    resumed = checkpoint.resume(module)
    batches = _batches(learnt, options, first=module.step, steps=module.steps)
    fit(module, batches, checkpoint, device=options.device, on_progress=on_progress)
    header = _header(options, schedule.steps, learnt)
    storage.write_bytes(storage.join(out, _WEIGHTS), encode_network(module.network.state_dict(), header))
    evaluation = _evaluate(module, held_out, options)
    report = HarmoniserReport(
        weights=storage.join(out, _WEIGHTS),
        metrics=storage.join(out, _METRICS),
        previews=storage.join(out, _PREVIEWS),
        state=checkpoint.url,
        steps=schedule.steps,
        resumed=resumed,
        size=options.size,
        trained_on=len(learnt),
        held_out=len(held_out),
        scores=evaluation.scores,
        left_out=_left_out(sources, evaluation, len(held_out), options),
    )
    storage.write_bytes(report.previews, encode_png_rgb(evaluation.previews))
    storage.write_bytes(report.metrics, _metrics(report, options, header, checkpoint.history))
    return report


def _split(sources: Sequence[SceneSource], hold_out: float) -> tuple[list[Located], list[Located]]:
    """Split items into training and held-out items. ValueError lists the problems of the sources."""
    try:
        return split_items(sources, hold_out)
    except ValueError as error:
        problems = [str(problem) for source in sources for problem in source.problems]
        raise ValueError("; ".join([str(error), *problems[:_PROBLEMS]])) from error


def _batches(
    items: Sequence[Located], options: HarmoniserOptions, *, first: int, steps: int
) -> Iterable[RainNetBatch]:
    scenes = Scenes(items, math.ceil(options.size / options.crop))
    pairs = TrainingPairs(
        scenes, size=options.size, batch=options.batch, seed=options.seed, crop=options.crop
    )
    return load_items(HarmoniserBatches(pairs, first=first, steps=steps), options.loaders)


def _evaluate(module: RainNetTraining, held_out: Sequence[Located], options: HarmoniserOptions) -> Evaluation:
    scenes = Scenes(held_out, _FULL)
    pairs = held_out_pairs(scenes, seed=options.seed, views=options.views, most=options.max_held_out)
    count = min(len(held_out), options.max_held_out) * options.views
    runner = RainNetRunner(module.network, device=options.device)
    return evaluate_harmoniser(runner, pairs, count=count, size=options.size)


def _settings(
    schedule: RainNetSchedule, options: HarmoniserOptions, learnt: Sequence[Located]
) -> dict[str, object]:
    """Return all settings that determine the weights."""
    settings = {"size": options.size, "batch": options.batch, "crop": options.crop}
    return {**asdict(schedule), **settings, "pictures": scenes_sha256(learnt)}


def _header(options: HarmoniserOptions, steps: int, learnt: Sequence[Located]) -> dict[str, str]:
    """Return the header of the weights: their network, settings and training data."""
    licences = sorted({item.licence for _, item in learnt})
    names = ("size", "width", "batch", "seed", "learning_rate", "adversarial", "crop")
    return {
        "network": "rainnet",
        "name": "harmonizer",
        "trained_by": "natocc train-harmonizer",
        "trained_on": ", ".join(sorted({source.name for source, _ in learnt})),
        "pictures": str(len(learnt)),
        "pictures_sha256": scenes_sha256(learnt),
        "steps": str(steps),
        **{name: str(getattr(options, name)) for name in names},
        "licence": "; ".join(["that of the photographs learnt from", *licences]),
    }


def _left_out(
    sources: Sequence[SceneSource], evaluation: Evaluation, held_out: int, options: HarmoniserOptions
) -> tuple[str, ...]:
    lines = [str(problem) for source in sources for problem in source.problems]
    lines += [
        f"held-out picture {name}: expected a foreground, got an empty mask" for name in evaluation.empty
    ]
    if held_out > options.max_held_out:
        count, most = held_out - options.max_held_out, options.max_held_out
        lines.append(f"{count} of {held_out} held-out pictures, because of --max-held-out {most}")
    return tuple(lines)


def _metrics(
    report: HarmoniserReport,
    options: HarmoniserOptions,
    header: Mapping[str, str],
    history: Sequence[Mapping[str, float]],
) -> bytes:
    scores = {
        size: {method: asdict(score) for method, score in of_size.items()}
        for size, of_size in report.scores.items()
    }
    return encode_metrics(
        {
            "scores": scores,
            "held_out": report.held_out,
            "left_out": report.left_out,
            "options": options.model_dump() | {"steps": report.steps},
            "weights": header,
            "losses": history,
            "device": choose_device(options.device),
            "torch": str(torch.__version__),
        }
    )
