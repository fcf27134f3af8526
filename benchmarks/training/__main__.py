"""What a segmenter's training costs: ``python -m benchmarks.training VERSION``, on one thread, in CPU time.

- ``loader``: samples a second, beside the bare decoding of the same members at the same size. With
  ``--bank``, also with each occlusion that a training can draw, on every face.
- ``step``: a step on a fixed batch, beside the convolutions and matrix products of the network alone, forward
  and backward, in the same run.
- ``both``: steps with the loader in the same process, beside the sum of the two.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn

from manifests.recipes.train.schedule import Schedule, load_schedule
from models.segmenters.training import SegmenterTraining
from natocc.codecs import decode_plane
from tasks.training.segmenter.feed.batches import Batch, FeedBatches
from tasks.training.segmenter.feed.occlusion.choice import OcclusionChoice, parse_shares
from tasks.training.segmenter.feed.occlusion.drawn import DrawnOcclusion
from tasks.training.segmenter.feed.occlusion.named import OCCLUSIONS
from tasks.training.segmenter.feed.occlusion.open import open_occlusion
from tasks.training.segmenter.feed.open import Feed, open_feed
from tasks.training.segmenter.feed.reading.decode import decode_small
from tasks.training.segmenter.feed.reading.source import FeedSource
from tasks.training.segmenter.optimise import loss_of
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.start import new_training, start_segmenter

_ROUNDS = 3


def cpu(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    """CPU seconds of the fastest of a few rounds."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def batches_of(
    feed: Feed, augmentation: str, batch: int, count: int, occlusion: DrawnOcclusion | None = None
) -> Iterator[Batch]:
    return iter(
        FeedBatches(feed, augmentation=augmentation, batch=batch, steps=count, seed=0, occlusion=occlusion)
    )


def occlusions_of(feed: Feed, bank: str) -> dict[str, DrawnOcclusion]:
    """Each occlusion by its name, on every face, with the bank's occluders."""
    found = {}
    for name in OCCLUSIONS:
        drawn = open_occlusion(OcclusionChoice(shares=parse_shares((f"{name}=1",))), feed, bank, seed=0)
        assert drawn is not None
        found[name] = drawn
    return found


def bare_decoding(feed: Feed, count: int) -> Callable[[], None]:
    """The pictures and masks of as many samples, read before, decoded alone."""
    members = [feed.reader.read(one.file, one.key, ("jpg", "mask.png")) for one in feed.training[:count]]

    def work() -> None:
        for one in members:
            decode_small(one["jpg"], feed.size)
            decode_plane(one["mask.png"])

    return work


def training_of(network: str, size: int, batch: int) -> SegmenterTraining:
    """A training by the schedule ``voo``, with its loss."""
    options = SegmenterOptions(network=network, schedule="voo", size=size, batch=batch, device="cpu")
    schedule = options.full_schedule()
    return new_training(start_segmenter(options, schedule).network, options, schedule, pictures=1000)


def stepping(module: SegmenterTraining, schedule: Schedule) -> Callable[[Batch], None]:
    """Forward, loss, backward and the optimiser's step."""
    configured = module.configure_optimizers()
    assert isinstance(configured, dict)
    optimiser = configured["optimizer"]

    def step(batch: Batch) -> None:
        images, labels = batch
        loss = loss_of(module.network.training_scores(images), labels, choice=schedule.loss)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def bare_products(network: nn.Module, images: Tensor) -> Callable[[], None]:
    """The network's convolutions and linear layers, each alone, forward and backward."""
    seen: list[tuple[nn.Module, Tensor]] = []
    layers = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    hooks = [
        layer.register_forward_hook(lambda layer, given, out: seen.append((layer, given[0].detach())))
        for layer in layers
    ]
    with torch.no_grad():
        network.training_scores(images)
    for hook in hooks:
        hook.remove()

    def work() -> None:
        for layer, given in seen:
            source = given.requires_grad_()
            product = layer(source)
            product.backward(torch.ones_like(product))
            source.grad = None

    return work


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version")
    parser.add_argument("--bank", help="draw occlusions too; VERSION has faces without occluders")
    parser.add_argument("--part", action="append", choices=("loader", "step", "both"))
    parser.add_argument("--network", default="unet-lite0")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--count", type=int, default=12, help="batches")
    given = parser.parse_args()
    parts = given.part or ("loader", "step", "both")
    torch.set_num_threads(1)
    feed = open_feed((FeedSource(url=given.version),), size=given.size, target="mask", held_out=0.0)
    table = Table("what", "figure", "beside")
    samples = given.batch * given.count
    schedule = load_schedule("voo")
    # The hashes of the shards are compared once.
    list(batches_of(feed, "none", given.batch, given.count))
    loaders = {
        name: cpu(lambda name=name: list(batches_of(feed, name, given.batch, given.count)))
        for name in ("none", schedule.augmentation)
    }
    for name, drawn in (occlusions_of(feed, given.bank) if given.bank else {}).items():
        # The occluders are opened once.
        list(batches_of(feed, "none", given.batch, 1, drawn))
        work = partial(batches_of, feed, schedule.augmentation, given.batch, given.count, drawn)
        loaders[f"{schedule.augmentation}, occlusion {name} on all"] = cpu(lambda work=work: list(work()))
    if "loader" in parts:
        floor = cpu(bare_decoding(feed, min(samples, len(feed.training)))) / min(samples, len(feed.training))
        for name, seconds in loaders.items():
            table.add_row(
                f"loader, augmentation {name}",
                f"{samples / seconds:.0f} samples/s",
                f"{floor * samples / seconds:.0%} of it is decoding",
            )
    if {"step", "both"} & set(parts):
        module = training_of(given.network, given.size, given.batch)
        module.train()
        take_step = stepping(module, schedule)
        fixed = next(batches_of(feed, schedule.augmentation, given.batch, 1))
        step = cpu(lambda: take_step(fixed), 2)
        bare = cpu(bare_products(module.network, fixed[0]), 2)
        if "step" in parts:
            table.add_row(
                f"step, {given.network}",
                f"{given.batch / step:.2f} samples/s",
                f"{step / bare:.2f} times its convolutions and products",
            )
        if "both" in parts:
            steps = 3

            def both() -> None:
                for batch in islice(batches_of(feed, schedule.augmentation, given.batch, steps), steps):
                    take_step(batch)

            sum_of_both = steps * (step + loaders[schedule.augmentation] / given.count)
            found = cpu(both, 2)
            table.add_row(
                "both",
                f"{steps * given.batch / found:.2f} samples/s",
                f"{sum_of_both / found:.0%} of the sum",
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.add_row("memory at most", f"{peak:.0f} MB", "")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
