"""Harmonising drafts: each by arithmetic, or many at a time by a network."""

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
from natocc.harmonise.lift import LIFTS, Working, solid_part, to_working_size
from natocc.harmonise.statistics import HARMONISERS, Harmoniser
from natocc.occluders.occluder import Occluder
from natocc.render.compose import Composite, Draft, complete, compose
from natocc.render.params import Params
from natocc.verdicts import Verdict, failed
from tasks.errors import BuildStopped

P = ParamSpec("P")

# Drafts of 1024² are about 10 MB each, and two groups of them are held. A GPU wants many at a time; on a
# processor pictures go through the network one by one anyway (models/rainnet/runner.py).
BATCH = {"cpu": 4, "cuda": 32}


class Harmonising(Protocol):
    """Gives each draft its box's new pixels, or the verdict that it failed, in order.

    ``batch``: how many at a time serve it best. ``network_batch``: how many pictures a network takes at a
    time by now, fewer than ``batch`` where memory ran out; None without a network.
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
        return [_tried(self._harmonised, one) for one in drafts]

    def _harmonised(self, draft: Draft) -> Image:
        if self._harmoniser is None:
            raise ValueError("harmonise: expected a harmoniser, as the parameters ask for, got none")
        return self._harmoniser(draft.views.image, draft.matte, draft.box)


class ByNetwork:
    """Drafts at the network's size in one batch, each lifted to its own.

    An occluder that is too small to be seen at that size asks it nothing, and its draft stays as it is.
    """

    def __init__(self, network: HarmoniserRunner, use: NetworkUse, batch: int) -> None:
        self._network, self._use, self.batch = network, use, batch

    @property
    def network_batch(self) -> int:
        return self._network.batch

    def __call__(self, drafts: Sequence[Draft]) -> list[Image | Verdict]:
        """Raises BuildStopped where the network itself fails, which would spoil every sample."""
        shown = [to_working_size(one.views.image, one.views.alpha, self._use.side) for one in drafts]
        asked = [one for one in shown if one.matte.any()]
        made: Sequence[Image] = ()
        if asked:
            composites = np.stack([one.composite for one in asked])
            # Of a faint occluder the strongest part, which may be nowhere half there.
            masks = np.stack([solid_part(one) * np.uint8(255) for one in asked])
            try:
                made = tuple(self._network(composites, masks))
            except ValueError as error:
                raise BuildStopped(f"harmoniser {self._use.name}: {error}") from error
        results = iter(made)
        return [
            _tried(self._lifted, one, small, next(results)) if small.matte.any() else _region(one)
            for one, small in zip(drafts, shown, strict=True)
        ]

    def _lifted(self, draft: Draft, shown: Working, result: Image) -> Image:
        lift = LIFTS[self._use.lift]
        return lift(draft.views.image, draft.views.alpha, shown, result)[draft.box.slices]


def _region(draft: Draft) -> Image:
    return draft.views.image[draft.box.slices]


def _tried(step: Callable[P, Image], *args: P.args, **kwargs: P.kwargs) -> Image | Verdict:
    """What the step gives; an error of one sample is its verdict and spoils no other."""
    try:
        return step(*args, **kwargs)
    except (ValueError, cv2.error) as error:
        return failed(error)


def render_harmonised(
    face: Face, occluder: Occluder | None, params: Params, harmonise: Harmonising
) -> Composite:
    """One sample from its parameters (natocc/render/compose.py), harmonised by arithmetic or by a network."""
    draft = compose(face, occluder, params)
    if not draft.asks(params):
        return complete(draft, params)
    (pixels,) = harmonise([draft])
    if isinstance(pixels, Verdict):
        raise ValueError(f"harmoniser: {pixels.reason}")
    return complete(draft, params, pixels)


def open_network(weights: Weights, *, device: str, precision: str) -> HarmoniserRunner:
    """The harmonising network of a file of weights, on its device.

    Raises ValueError for weights of another network, and for tensors, a device or a precision that it
    can't use.
    """
    from models.checkpoints.read import read_state

    network = network_named(weights.network, networks_for("harmoniser"))
    module = imported(network.loader)(read_state(weights.path), str(weights.path))
    runner: HarmoniserRunner = imported(network.runner)(
        module, device=device, batch=BATCH[device], precision=precision
    )
    return runner


@lru_cache(maxsize=2)
def open_harmoniser(name: str | None, use: NetworkUse | None, weights: str | None) -> Harmonising:
    """The harmoniser of a plan, its network loaded; the last two are kept.

    Raises BuildStopped where the weights, packages or device are not those that were planned with.
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
    return ByNetwork(runner, use, BATCH[device])
