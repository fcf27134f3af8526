"""The network of a training as it starts, and its training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from assets.weights.files import find_weights, is_name
from manifests.recipes.train.schedule import Schedule
from models.checkpoints.read import read_content
from models.segmenters.network import FaceSegmenter
from models.segmenters.pretrained import load_backbone
from models.segmenters.training import SegmenterTraining, batch_norms
from models.segmenters.variants import new_segmenter
from shards.storage import sha256_of
from tasks.training.ranks import pictures_a_pass
from tasks.training.segmenter.feed.reading.target import TARGET_CLASSES
from tasks.training.segmenter.optimise import configure, loss_of
from tasks.training.segmenter.options import SegmenterOptions

SCRATCH = "scratch"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedSegmenter:
    """``started_from``: "scratch", or the ImageNet weights with their hash; ``licence``: theirs."""

    network: FaceSegmenter
    started_from: str
    licence: str = ""


def start_segmenter(options: SegmenterOptions, schedule: Schedule) -> StartedSegmenter:
    """Return an untrained network, with the ImageNet weights of ``options.backbone`` unless that is "none".

    Raises FileNotFoundError for weights that are missing, and ValueError for those of another network.
    """
    arguments = {"width": options.width} if options.network == "unet" else {}
    classes = 2 if schedule.loss.kind == "softmax" else 1
    if options.target == "parsing":
        if schedule.loss.kind != "softmax":
            raise ValueError(
                f"--target parsing: expected a schedule with the loss softmax, got {schedule.loss.kind}; use "
                "--schedule voo, or a file"
            )
        classes = len(TARGET_CLASSES["parsing"])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        network = new_segmenter(options.network, classes=classes, **arguments)
    if options.backbone == "none":
        return StartedSegmenter(network=network, started_from=SCRATCH)
    path = Path(options.backbone)
    licence = "licence not stated"
    if is_name(options.backbone) and not path.is_file():
        weights = find_weights(options.backbone, options.weights)
        path, licence = weights.path, weights.metadata.get("licence", licence)
    if not path.is_file():
        raise FileNotFoundError(
            f"--backbone: expected a file or the name of weights, got {options.backbone}; "
            "none trains from scratch"
        )
    layout = load_backbone(network, read_content(path), str(path))
    found = f"{path.name} (ImageNet, {layout}, sha256 {sha256_of(str(path))[:12]}, {licence})"
    return StartedSegmenter(network=network, started_from=found, licence=licence)


def new_training(
    network: FaceSegmenter, options: SegmenterOptions, schedule: Schedule, *, pictures: int
) -> SegmenterTraining:
    """Return the training of a network on so many pictures.

    Raises ValueError for a batch that cannot be divided, or is too small for batch norm.
    """
    share = pictures_a_pass(schedule.batch, options.processes, options.accumulate)
    if share < 2 and not options.freeze_norms and batch_norms(network):
        raise ValueError(
            f"--batch: expected at least 2 pictures a pass of a process for the batch norm of "
            f"{options.network}, got {share}; use a larger batch, or --freeze-norms"
        )
    if schedule.size % network.multiple:
        raise ValueError(
            f"--size: expected a multiple of {network.multiple} for {options.network}, got {schedule.size}"
        )
    choice = schedule.optimiser_for(options.architecture)
    return SegmenterTraining(
        network,
        steps=schedule.steps_for(pictures),
        loss=partial(loss_of, choice=schedule.loss),
        optimise=partial(configure, choice=choice, epoch=schedule.steps_of_epoch(pictures)),
        seed=options.seed,
        accumulate=options.accumulate,
        frozen_norms=options.freeze_norms,
    )
