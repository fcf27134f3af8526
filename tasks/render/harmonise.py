"""Harmonise drafts: each by arithmetic, or many at a time by a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ParamSpec, Protocol

import cv2
import numpy as np

from assets.weights.files import MissingWeights, Weights, find_weights
from manifests.shard_plan import NetworkUse
from models.device import choose_device
from models.registry import HarmoniserRunner, imported, network_named, networks_for
from natocc.face import Face
from natocc.geometry import Image
from natocc.harmonise.lift import LIFTS, Working, foreground_pixels, to_working_size
from natocc.harmonise.statistics import HARMONISERS, Harmoniser
from natocc.occluders.occluder import Occluder
from natocc.render.compose import Composite, Draft, complete, compose
from natocc.render.params import Params
from natocc.transfer.transport import Mover, move_by_batches
from natocc.verdicts import Verdict, failed
from tasks.errors import BuildStopped

_P = ParamSpec("_P")

# Drafts at a time. A draft of 1024x1024 pixels takes about 10 MB, and two groups are held. On a CPU pictures
# pass through a network one by one.
_BATCH = {"cpu": 4, "cuda": 32}


class Harmonising(Protocol):
    """Returns for each draft the new pixels of its box, or the verdict that it failed, in order.

    ``batch`` is the best number of drafts at a time. ``network_batch`` is the network's current batch size,
    below ``batch`` if memory ran out; None without a network.
    """

    @property
    def batch(self) -> int: ...

    @property
    def network_batch(self) -> int | None: ...

    def __call__(self, drafts: Sequence[Draft]) -> list[Image | Verdict]: ...


class ByArithmetic:
    """One draft after another."""

    batch = 1
    network_batch = None

    def __init__(self, harmoniser: Harmoniser | None) -> None:
        self._harmoniser = harmoniser

    def __call__(self, drafts: Sequence[Draft]) -> list[Image | Verdict]:
        return [_or_failed(self._harmonise, draft) for draft in drafts]

    def _harmonise(self, draft: Draft) -> Image:
        if self._harmoniser is None:
            raise ValueError("harmonise: expected a harmoniser, as the parameters ask for, got none")
        return self._harmoniser(draft.views.image, draft.matte, draft.box)


class ByNetwork:
    """Harmonises drafts in one batch at the network's size, then lifts each to its full size.

    An occluder that is too small to be seen at that size stays as it is.
    """

    def __init__(self, network: HarmoniserRunner, use: NetworkUse, batch: int) -> None:
        self._network, self._use, self.batch = network, use, batch

    @property
    def network_batch(self) -> int:
        return self._network.batch

    def __call__(self, drafts: Sequence[Draft]) -> list[Image | Verdict]:
        """Raises BuildStopped if the network itself fails, since every sample would fail."""
        shown = [to_working_size(draft.views.image, draft.views.alpha, self._use.side) for draft in drafts]
        results = iter(self._run([working for working in shown if working.matte.any()]))
        return [
            _or_failed(self._lift, draft, working, next(results))
            if working.matte.any()
            else draft.views.image[draft.box.slices]
            for draft, working in zip(drafts, shown, strict=True)
        ]

    def _run(self, shown: Sequence[Working]) -> Sequence[Image]:
        if not shown:
            return ()
        composites = np.stack([working.composite for working in shown])
        # For a faint occluder, which may be nowhere half opaque, the strongest part counts.
        masks = np.stack([foreground_pixels(working) * np.uint8(255) for working in shown])
        try:
            return tuple(self._network(composites, masks))
        except ValueError as error:
            raise BuildStopped(f"harmoniser {self._use.name}: {error}") from error

    def _lift(self, draft: Draft, shown: Working, result: Image) -> Image:
        lift = LIFTS[self._use.lift]
        return lift(draft.views.image, draft.views.alpha, shown, result)[draft.box.slices]


def _or_failed(step: Callable[_P, Image], *args: _P.args, **kwargs: _P.kwargs) -> Image | Verdict:
    """The step's result. An error becomes the verdict of this sample only."""
    try:
        return step(*args, **kwargs)
    except (ValueError, cv2.error) as error:
        return failed(error)


def render_harmonised(
    face: Face,
    occluder: Occluder | None,
    params: Params,
    harmonise: Harmonising,
    move: Mover = move_by_batches,
) -> Composite:
    """One sample from its parameters (natocc/render/compose.py), harmonised if they require it."""
    draft = compose(face, occluder, params, move)
    if not draft.needs_harmonising(params):
        return complete(draft, params)
    (pixels,) = harmonise([draft])
    if isinstance(pixels, Verdict):
        raise ValueError(f"harmoniser: {pixels.reason}")
    return complete(draft, params, pixels)


def open_network(weights: Weights, *, device: str, precision: str) -> HarmoniserRunner:
    """Load the harmonising network of a weights file on a device.

    Raises ValueError for weights of another network, and for unusable tensors, devices or precisions.
    """
    from models.checkpoints.read import read_state

    network = network_named(weights.network, networks_for("harmoniser"))
    module = imported(network.loader)(read_state(weights.path), str(weights.path))
    runner: HarmoniserRunner = imported(network.runner)(
        module, device=device, batch=_BATCH[device], precision=precision
    )
    return runner


@lru_cache(maxsize=2)
def open_harmoniser(name: str | None, use: NetworkUse | None, weights: str | None) -> Harmonising:
    """The harmoniser of a plan, with its network loaded. The last two networks stay loaded.

    Raises BuildStopped if the weights, packages or device differ from those of the plan.
    """
    if use is None:
        return ByArithmetic(HARMONISERS.get(name or ""))
    try:
        found = find_weights(use.name, weights)
    except MissingWeights as error:
        raise BuildStopped(str(error)) from error
    if found.sha256 != use.weights_sha256:
        raise BuildStopped(
            f"{found.path}: expected the weights that were planned with (sha256 {use.weights_sha256}), "
            f"got {found.sha256}; put those back, or run the build again"
        )
    try:
        device = choose_device(use.device)
        runner = open_network(found, device=device, precision=use.precision)
    except ValueError as error:
        raise BuildStopped(f"harmoniser {use.name}: {error}") from error
    return ByNetwork(runner, use, _BATCH[device])
