"""Train GLEAN on photographs; say how it does on some that it has not seen, beside bicubic enlargement."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace

import torch

from models.device import choose_device
from models.glean.training import GLEANTraining, Losses
from models.glean.training_state import TrainingState, decode_state, encode_state
from models.not_finite import Diverged
from shards import storage
from tasks.training.interrupt import Stopping
from tasks.training.trainer import new_trainer, without_lightnings_own_warning
from tasks.training.upscaler.batches import UpscalerBatches
from tasks.training.upscaler.networks import make_networks
from tasks.training.upscaler.options import UpscalerOptions
from tasks.training.upscaler.photos_folder import Kept, Photos
from tasks.training.upscaler.report import UpscalerReport, write_report

STATE = "state.pt"
# Bytes of decoded photographs that are kept; rows of the losses' history.
_KEPT, _ROWS = 1 << 30, 100


def train_upscaler(
    photos: Photos,
    out: str,
    options: UpscalerOptions,
    *,
    progress: bool = False,
    after_step: Callable[[int, Losses], None] = lambda step, losses: None,
) -> UpscalerReport:
    """Train and score; writes ``upscaler.safetensors``, ``metrics.json`` and ``previews.png`` to ``out``.

    ``state.pt`` there, written every ``every`` steps, lets the same call go on after it was
    stopped. On a CPU of one kind and with one number of threads, equal photographs and options give equal
    weights, however often it was stopped. ``after_step`` is told each step's losses.

    Raises FileNotFoundError for weights that are not there, ValueError for those of another network,
    for a device that is not there, for a ``state.pt`` of another training, where memory is short and, as
    Diverged, where losses or weights are no numbers: the last state stays. Stopped, a SystemExit, after
    SIGTERM and Ctrl-C, with the state of the last whole step in ``state.pt``.
    """
    choose_device(options.device)
    photos = replace(photos, read=Kept(photos.read, _KEPT))
    networks = make_networks(options)
    made_from = options.cache_fields() | networks.facts | {"photographs": _hash_of(photos)}
    state_url = storage.join(out, STATE)
    state = _resumed(state_url, made_from)
    done, history = (state.step, list(state.history)) if state else (0, [])
    if state:
        networks.glean.load_state_dict(dict(state.network))
        if networks.discriminator is not None:
            networks.discriminator.load_state_dict(dict(state.discriminator))

    def after(step: int, losses: Losses) -> None:
        if step % max(1, options.steps // _ROWS) == 0 or step in (1, options.steps):
            told = {name: value for name, value in asdict(losses).items() if value is not None}
            history.append({"step": step, **told})
        if step % options.every == 0 or step == options.steps:
            write()
        after_step(step, losses)

    def write() -> int:
        reached = training.state(made_from, history)
        storage.write_bytes(state_url, encode_state(reached))
        return reached.step

    training = GLEANTraining(
        networks.glean,
        steps=options.steps,
        learning_rate=options.learning_rate,
        weights=options.losses,
        discriminator=networks.discriminator,
        features=networks.features,
        precision=options.precision,
        done=done,
        optimiser_states=state.optimisers if state else (),
        after_step=after,
    )
    left = options.steps - done
    stopping = Stopping(state_url, write)
    each = 1 if networks.discriminator is None else 2
    trainer = new_trainer(left * each, options.device, progress, [stopping])
    if left:
        batches = UpscalerBatches(
            photos.training,
            photos.read,
            options.sizes,
            options.degradation,
            batch=options.batch,
            steps=options.steps,
            start=done,
            seed=options.seed,
            threads=options.threads,
        )
        with without_lightnings_own_warning(), stopping.watched():
            try:
                trainer.fit(training, batches)
            except Diverged as error:
                there = storage.exists(state_url)
                kept = f"the last state stays in {state_url}; with other options name another --out"
                raise Diverged(f"{error}; {kept if there else 'no state was written'}") from error
            except torch.OutOfMemoryError as error:
                raise ValueError(
                    f"batch {options.batch}: expected room for it in the device's memory, got none; run "
                    "again in another --out with a smaller --batch, or in --precision bfloat16"
                ) from error
    return write_report(
        photos,
        out,
        options,
        networks.glean.to(trainer.strategy.root_device),
        made_from,
        history=history,
        resumed_at=done,
    )


def _resumed(url: str, made_from: Mapping[str, str]) -> TrainingState | None:
    """The state to go on from, if any. ValueError names what another training was made from."""
    if not storage.exists(url):
        return None
    state = decode_state(storage.read_bytes(url), url)
    if broken := state.not_finite():
        raise Diverged(
            f"{url}: expected finite weights, got others in the {broken}; train anew in another --out with a "
            "lower --learning-rate or in --precision float32"
        )
    names = sorted(made_from.keys() | state.made_from.keys())
    other = [
        f"{name} {state.made_from.get(name)!r}, now {made_from.get(name)!r}"
        for name in names
        if state.made_from.get(name) != made_from.get(name)
    ]
    if other:
        raise ValueError(
            f"{url}: expected the state of this training, got one with {'; '.join(other)}; name another "
            "--out, or remove the file to start anew"
        )
    return state


def _hash_of(photos: Photos) -> str:
    listed = [(photo.sha256, photo.held_out) for photo in photos.taken]
    return f"{len(photos.training)} sha256:{storage.sha256_bytes(json.dumps(listed).encode())}"
