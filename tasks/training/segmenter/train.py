"""The thinnest use of the shards: train a small segmenter on them and say how well it does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice

import lightning
import numpy as np
import torch

from manifests.dataset import read_dataset, resolve_version
from models.device import choose_device
from models.registry import imported, network_named, networks_for
from models.segmenters.batches import Pictures, TestBatches, TrainingBatches
from models.segmenters.checkpoint import encode_segmenter
from models.segmenters.metrics import face_metrics
from models.segmenters.network import FaceSegmenter
from models.segmenters.training import Segmenter
from shards import storage
from tasks.training.read_shards import Example, read_real, read_shards, real_shards, shard_urls
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.trainer import new_trainer, without_lightnings_own_warning

CHECKPOINT, METRICS = "segmenter.pt", "metrics.json"
# Before a dataset's name: none of them can be taken for the held-out samples.
_HELD_OUT, _REAL = "held_out", "real/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Figures over one data set as a whole, in [0, 1].

    ``constant_iou`` is the face IoU of answering every picture with the average training mask:
    what is reached without looking.
    """

    pictures: int
    face_iou: float
    pixel_accuracy: float
    constant_iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What a training ended with.

    ``held_out`` is None where there are no such pictures, ``real`` has a score for each dataset of
    really occluded faces that has any; ``notes`` says what is lacking.
    """

    checkpoint: str
    metrics: str
    version: str
    size: int
    steps: int
    trained_on: int
    held_out: Score | None
    real: Mapping[str, Score] = field(default_factory=dict)
    notes: tuple[str, ...]

    def table(self) -> list[dict[str, str | int | float]]:
        """The figures, one row a data set that was tested on."""
        scores = {"held-out synthetic": self.held_out, **self.real}
        return [{"faces": name, **asdict(score)} for name, score in scores.items() if score]


def train_segmenter(
    version_url: str,
    bank_url: str | None,
    out: str,
    options: SegmenterOptions = SegmenterOptions(),  # noqa: B008 (frozen)
    *,
    progress: bool = False,
) -> TrainReport:
    """Train a segmenter on a version's training shards; test it on held-out and on really occluded faces.

    ``version_url`` names a version, or a dataset whose ``latest`` is taken; ``bank_url`` the bank
    with the really occluded faces, each dataset of which is scored for itself (None: left out).
    Writes ``segmenter.pt`` and ``metrics.json`` to ``out``. About ``max_samples`` pictures of a split
    are kept in memory, taken evenly from its shards, and as many of a dataset, its first.
    Equal inputs and options give equal weights on one kind of machine.

    Raises FileNotFoundError for a URL with no version or bank, ValueError for options that cannot
    work and for a version without training samples.
    """
    size, steps, batch = options.size, options.steps, options.batch
    choose_device(options.device)
    url = resolve_version(version_url)
    version = read_dataset(url).version
    training = _load(_read_split(url, "train", size, options.max_samples), size)
    if not len(training):
        raise ValueError(
            f"{url}: expected samples of the split train, found none; build a recipe that has some"
        )
    tests, notes = _tests(url, bank_url, size, options.max_samples)
    module = _new_segmenter(options.network, options.width, options.seed)
    segmenter = Segmenter(
        module, learning_rate=options.learning_rate, steps=steps, test_names=tuple(sorted(tests))
    )
    trainer = new_trainer(steps, options.device, progress)
    with without_lightnings_own_warning():
        trainer.fit(segmenter, TrainingBatches(training, batch=batch, steps=steps, seed=options.seed))
        scores = _scores(trainer, segmenter, training, tests, batch)
    report = TrainReport(
        checkpoint=storage.join(out, CHECKPOINT),
        metrics=storage.join(out, METRICS),
        version=version,
        size=size,
        steps=steps,
        trained_on=len(training),
        held_out=scores.get(_HELD_OUT),
        real={name.removeprefix(_REAL): one for name, one in scores.items() if name.startswith(_REAL)},
        notes=notes,
    )
    storage.write_bytes(report.checkpoint, encode_segmenter(module, options.network))
    recorded = options.model_dump(include={"batch", "seed", "width", "learning_rate"})
    facts = asdict(report) | {"options": recorded, "torch": str(torch.__version__)}
    del facts["checkpoint"], facts["metrics"]
    storage.write_bytes(report.metrics, json.dumps(facts, indent=1, sort_keys=True).encode())
    return report


def _read_split(url: str, split: str, size: int, most: int) -> Iterable[Example]:
    shards = len(shard_urls(url, split))
    return read_shards(url, split, size=size, per_shard=-(-most // max(shards, 1)))


def _load(examples: Iterable[Example], size: int) -> Pictures:
    taken = list(examples)
    images = np.zeros((len(taken), 3, size, size), np.uint8)
    masks = np.zeros((len(taken), 1, size, size), np.uint8)
    for index, example in enumerate(taken):
        images[index] = example.image.transpose(2, 0, 1)
        masks[index, 0] = example.mask
    return Pictures(images=torch.from_numpy(images), masks=torch.from_numpy(masks))


def _tests(
    url: str, bank_url: str | None, size: int, most: int
) -> tuple[dict[str, Pictures], tuple[str, ...]]:
    """The data sets to test on that have pictures, and a line for each that has none or is cut short."""
    tests = {_HELD_OUT: _load(_read_split(url, "test", size, most), size)}
    notes = [] if len(tests[_HELD_OUT]) else ["held_out: the version has no samples of the split test"]
    shards = real_shards(bank_url) if bank_url else {}
    for name, shard in shards.items():
        faces = read_real(str(bank_url), name, size=size)
        tests[_REAL + name] = _load(islice(faces, most), size)
        if not shard.faces:
            notes.append(f"{name}: {bank_url} holds none of its faces")
        elif shard.faces > most:
            notes.append(f"{name}: {most} of its {shard.faces} faces, as --max-samples allows")
    if not shards:
        held = f"{bank_url} holds no really occluded faces" if bank_url else "no bank was given"
        notes.append(f"real: {held}")
    return {name: one for name, one in tests.items() if len(one)}, tuple(notes)


def _new_segmenter(network: str, width: int, seed: int) -> FaceSegmenter:
    row = network_named(network, networks_for("segmenter"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        segmenter: FaceSegmenter = imported(row.runner)(width=width)
        return segmenter


def _scores(
    trainer: lightning.Trainer,
    segmenter: Segmenter,
    training: Pictures,
    tests: dict[str, Pictures],
    batch: int,
) -> dict[str, Score]:
    names = sorted(tests)
    if not names:
        return {}
    trainer.test(segmenter, [TestBatches(tests[name], batch=batch) for name in names], verbose=False)
    figures = {name: float(value) for name, value in trainer.callback_metrics.items()}
    average = (training.masks.float().mean(0, keepdim=True) > 0.5).long()
    scores = {}
    for name in names:
        constant = face_metrics()
        constant.update(average.expand(len(tests[name]), -1, -1, -1), tests[name].masks.long())
        scores[name] = Score(
            pictures=len(tests[name]),
            face_iou=round(figures[f"{name}/face_iou"], 4),
            pixel_accuracy=round(figures[f"{name}/pixel_accuracy"], 4),
            constant_iou=round(float(constant.compute()["face_iou"]), 4),
        )
    return scores
