"""Train GLEAN on photographs, and compare it with bicubic enlargement on held-out photographs."""

from __future__ import annotations

import json
from dataclasses import replace

from models.device import choose_device
from models.glean.training import GLEANTraining
from shards import storage
from shards.lock import one_writer
from tasks.progress import OnProgress, ignore_progress
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.fit import fit
from tasks.training.folder import check_training_folder
from tasks.training.upscaler.batches import UpscalerBatches
from tasks.training.upscaler.networks import Networks, make_networks
from tasks.training.upscaler.options import UpscalerOptions
from tasks.training.upscaler.photos_folder import CachedReader, Photos
from tasks.training.upscaler.report import UpscalerReport, write_report

_STATE = "state.pt"
# Size of the cache of decoded photographs in bytes.
_CACHE = 1 << 30


@one_writer("out")
def train_upscaler(
    photos: Photos,
    out: str,
    options: UpscalerOptions,
    *,
    wait: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> UpscalerReport:
    """Train and score; writes ``upscaler.safetensors``, ``metrics.json`` and ``previews.png`` to ``out``.

    A later call with equal photographs and options resumes from ``state.pt`` there. On one CPU model and
    with one number of threads the weights are then bit-identical to those of an uninterrupted training.

    Raises OSError if ``out`` can't be written or holds another kind of training, FileNotFoundError for
    missing weights, ValueError for weights of another network, for a missing device and for a state of
    another training, Diverged if losses or weights are not finite, and Interrupted after a signal;
    the last state stays (tasks.training.fit).
    """
    choose_device(options.device)
    check_training_folder(out, "upscaler")
    photos = replace(photos, read=CachedReader(photos.read, _CACHE))
    networks = make_networks(options)
    settings = options.cache_fields() | networks.origins | {"photographs": _fingerprint(photos)}
    module = _module(networks, options)
    checkpoint = CheckpointCallback(storage.join(out, _STATE), every=options.every, settings=settings)
    resumed = checkpoint.resume(module)
    batches = _batches(photos, options, first=module.step)
    fit(module, batches, checkpoint, device=options.device, on_progress=on_progress)
    return write_report(
        photos,
        out,
        options,
        networks.glean.to(choose_device(options.device)),
        settings,
        checkpoint=checkpoint,
        resumed=resumed,
    )


def _module(networks: Networks, options: UpscalerOptions) -> GLEANTraining:
    return GLEANTraining(
        networks.glean,
        steps=options.steps,
        learning_rate=options.learning_rate,
        weights=options.losses,
        discriminator=networks.discriminator,
        features=networks.features,
        precision=options.precision,
    )


def _batches(photos: Photos, options: UpscalerOptions, *, first: int) -> UpscalerBatches:
    return UpscalerBatches(
        photos.training,
        photos.read,
        options.sizes,
        options.degradation,
        batch=options.batch,
        steps=options.steps,
        first=first,
        seed=options.seed,
        threads=options.threads,
    )


def _fingerprint(photos: Photos) -> str:
    """Return the number of training photographs, and a hash over training and held-out photographs."""
    listed = [(photo.sha256, photo.held_out) for photo in photos.taken]
    return f"{len(photos.training)} sha256:{storage.sha256_bytes(json.dumps(listed).encode())}"
