"""Train RainNet on composites with their real pictures, or on recoloured regions of any photographs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict

import torch

from models.checkpoints.safetensors_io import encode_network
from models.device import choose_device
from models.not_finite import Diverged
from models.rainnet.runner import RainNetRunner
from models.rainnet.training import Harmonizer, Schedule
from natocc.codecs import encode_png_rgb
from shards import storage
from tasks.training.harmoniser.batches import Steps, loaded
from tasks.training.harmoniser.checkpoint import Keeper
from tasks.training.harmoniser.data.bank import BankScenes
from tasks.training.harmoniser.data.folder import FolderScenes
from tasks.training.harmoniser.data.iharmony4 import IHarmony4Scenes
from tasks.training.harmoniser.data.pairs import TrainingPairs, held_out_pairs
from tasks.training.harmoniser.data.scenes import Located, Scenes, Source, fingerprint, part
from tasks.training.harmoniser.evaluate import Scored, score_held_out
from tasks.training.harmoniser.options import EPOCHS, HarmoniserOptions
from tasks.training.harmoniser.report import HarmonizerReport
from tasks.training.interrupt import Stopping
from tasks.training.trainer import new_trainer, without_lightnings_own_warning

WEIGHTS, CHECKPOINT = "harmonizer.safetensors", "checkpoint.pt"
METRICS, PREVIEWS = "metrics.json", "previews.png"
# The shorter side of held-out pictures at full size.
_FULL = 1024


def open_sources(
    *,
    bank: str | None = None,
    photos: str | None = None,
    masks: str | None = None,
    iharmony4: str | None = None,
) -> list[Source]:
    """The sources that are named, in a fixed order. Raises ValueError where none is, or half of one."""
    if (photos is None) != (masks is None):
        raise ValueError("photos and masks: expected both or neither, got one; name the other folder")
    sources: list[Source] = []
    if iharmony4 is not None:
        sources.append(IHarmony4Scenes(iharmony4))
    if bank is not None:
        sources.append(BankScenes(bank))
    if photos is not None and masks is not None:
        sources.append(FolderScenes(photos, masks))
    if not sources:
        raise ValueError("sources: expected a bank, photos with masks, or iharmony4, got none; name one")
    return sources


def train_harmonizer(
    sources: Sequence[Source],
    out: str,
    options: HarmoniserOptions | None = None,
    *,
    progress: bool = False,
) -> HarmonizerReport:
    """Train RainNet on ``sources`` and score it on their held-out part.

    Writes ``harmonizer.safetensors``, ``metrics.json`` and ``previews.png`` to ``out``, and every so many
    steps ``checkpoint.pt``, from which a later call with equal inputs and options goes on. On one CPU the
    weights are then equal to the bit to those of a training that was never stopped.

    Raises ValueError for inputs and options that cannot work, for a checkpoint of another training, and,
    as Diverged, where losses or weights are not finite any more: the last checkpoint stays. Stopped, a
    SystemExit, after SIGTERM and Ctrl-C, with the state of the last whole step in ``checkpoint.pt``.
    """
    options = options or HarmoniserOptions()
    choose_device(options.device)
    try:
        learn, held = part(sources, options.hold_out)
    except ValueError as error:
        told = [str(problem) for source in sources for problem in source.problems]
        raise ValueError("; ".join([str(error), *told[:5]])) from error
    steps = options.steps or -(-EPOCHS * len(learn) // options.batch)
    schedule = Schedule(
        steps=steps,
        seed=options.seed,
        width=options.width,
        learning_rate=options.learning_rate,
        adversarial=options.adversarial,
    )
    keeper = Keeper(storage.join(out, CHECKPOINT), options.every, _settings(schedule, options, learn))
    module = Harmonizer(schedule)
    resumed = keeper.resume(module)
    _fit(module, keeper, Scenes(learn, math.ceil(options.size / options.crop)), options, progress)
    facts = _facts(options, steps, learn)
    storage.write_bytes(storage.join(out, WEIGHTS), encode_network(module.network.state_dict(), facts))
    scored = _score(module, held, options)
    report = HarmonizerReport(
        weights=storage.join(out, WEIGHTS),
        metrics=storage.join(out, METRICS),
        previews=storage.join(out, PREVIEWS),
        checkpoint=keeper.url,
        steps=steps,
        resumed=resumed,
        size=options.size,
        trained_on=len(learn),
        held_out=len(held),
        scores=scored.scores,
        left_out=_left_out(sources, scored, len(held), options),
    )
    storage.write_bytes(report.previews, encode_png_rgb(scored.previews))
    storage.write_bytes(report.metrics, _metrics(report, options, facts, keeper.history))
    return report


def _fit(
    module: Harmonizer, keeper: Keeper, scenes: Scenes, options: HarmoniserOptions, progress: bool
) -> None:
    left = module.schedule.steps - module.step
    if not left:
        return
    pairs = TrainingPairs(
        scenes, size=options.size, batch=options.batch, seed=options.seed, crop=options.crop
    )
    batches = loaded(Steps(pairs, first=module.step, steps=module.schedule.steps), options.loaders)
    networks = 1 if module.discriminator is None else 2
    stopping = Stopping(keeper.url, lambda: keeper.write(module))
    trainer = new_trainer(left * networks, options.device, progress, [keeper, stopping])
    with without_lightnings_own_warning(), torch.random.fork_rng(devices=[]), stopping.watched():
        try:
            trainer.fit(module, batches)
        except Diverged as error:
            kept = f"an earlier state is in {keeper.url}" if storage.exists(keeper.url) else ""
            raise Diverged(
                "; ".join(filter(None, [str(error), kept, "train anew with a lower learning rate"]))
            ) from error
        except torch.OutOfMemoryError as error:
            raise ValueError(
                f"batch: expected pictures that fit into the GPU's memory, got {options.batch}; take fewer"
            ) from error


def _score(module: Harmonizer, held: Sequence[Located], options: HarmoniserOptions) -> Scored:
    pairs = held_out_pairs(
        Scenes(held, _FULL), seed=options.seed, views=options.views, most=options.max_held_out
    )
    count = min(len(held), options.max_held_out) * options.views
    return score_held_out(
        RainNetRunner(module.network, device=choose_device(options.device)), pairs, count, options.size
    )


def _settings(schedule: Schedule, options: HarmoniserOptions, learn: Sequence[Located]) -> dict[str, object]:
    """All that decides the weights."""
    settings = {"size": options.size, "batch": options.batch, "crop": options.crop}
    return {**asdict(schedule), **settings, "pictures": fingerprint(learn)}


def _facts(options: HarmoniserOptions, steps: int, learn: Sequence[Located]) -> dict[str, str]:
    """The header of the weights: what they are, and what they were made of."""
    licences = sorted({item.licence for _, item in learn})
    names = ("size", "width", "batch", "seed", "learning_rate", "adversarial", "crop")
    return {
        "network": "rainnet",
        "name": "harmonizer",
        "trained_by": "natocc train-harmonizer",
        "trained_on": ", ".join(sorted({source.name for source, _ in learn})),
        "pictures": str(len(learn)),
        "pictures_sha256": fingerprint(learn),
        "steps": str(steps),
        **{name: str(getattr(options, name)) for name in names},
        "licence": "; ".join(["that of the photographs learnt from", *licences]),
    }


def _left_out(
    sources: Sequence[Source], scored: Scored, held: int, options: HarmoniserOptions
) -> tuple[str, ...]:
    told = [str(problem) for source in sources for problem in source.problems]
    told += [f"held out, {name}: expected a foreground, got an empty mask" for name in scored.empty]
    if held > options.max_held_out:
        told.append(f"held out: {options.max_held_out} of {held} pictures, as --max-held-out allows")
    return tuple(told)


def _metrics(
    report: HarmonizerReport,
    options: HarmoniserOptions,
    facts: dict[str, str],
    history: list[dict[str, float]],
) -> bytes:
    told = {
        "scores": {
            at: {name: asdict(one) for name, one in rows.items()} for at, rows in report.scores.items()
        },
        "held_out": report.held_out,
        "left_out": report.left_out,
        "options": options.model_dump() | {"steps": report.steps},
        "weights": facts,
        "losses": history,
        "device": choose_device(options.device),
        "torch": str(torch.__version__),
    }
    return json.dumps(told, indent=1, sort_keys=True).encode()
