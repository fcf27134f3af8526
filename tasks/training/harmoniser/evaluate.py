"""Scores on held-out pictures: the network, the unchanged composite and the statistics harmoniser."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.rainnet.runner import RainNetRunner
from natocc.geometry import Image
from natocc.harmonise.lift import LIFTS, Working, to_working_size
from tasks.contact_sheet import Strip, compose_sheet
from tasks.training.harmoniser.data.pairs import CompositePair
from tasks.training.harmoniser.metrics import (
    HarmoniserError,
    HarmoniserScore,
    harmonise_by_statistics,
    mean_score,
    measure,
)

COMPOSITE, STATISTICS, NETWORK = "composite", "statistics", "network"
WORKING, FULL = "working size", "full size"
# Lowest matte level of a foreground pixel.
_FOREGROUND = 128
# Most rows of the previews.
_PREVIEWS = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """``scores`` by size name and method name; ``previews`` is RGB uint8 (H, W, 3)."""

    scores: Mapping[str, Mapping[str, HarmoniserScore]]
    previews: Image
    # Names of the pairs without foreground pixels at the full or the working size.
    empty: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Harmonised:
    """One pair at one size, with the result of each method."""

    pair: CompositePair
    pictures: Mapping[str, Image]

    def errors(self) -> dict[str, HarmoniserError]:
        return {method: measure(picture, self.pair) for method, picture in self.pictures.items()}


def evaluate_harmoniser(
    runner: RainNetRunner, pairs: Iterable[CompositePair], *, count: int, size: int
) -> Evaluation:
    """Score ``count`` pairs at full size and at the working ``size``; ``pairs`` have full size.

    At full size the network's colours are upsampled in both ways (natocc.harmonise.lift). Raises
    ValueError if no pair has a foreground.
    """
    errors: dict[str, dict[str, list[HarmoniserError]]] = {WORKING: {}, FULL: {}}
    strips: list[Strip] = []
    empty: list[str] = []
    shown = _evenly_spaced(count, _PREVIEWS)
    for number, pair in enumerate(pairs):
        small = _at_working_size(pair, size)
        if min(small.matte.max(), pair.matte.max()) < _FOREGROUND:
            empty.append(pair.name)
            continue
        for place, harmonised in _harmonise(runner, pair, small):
            measured = harmonised.errors()
            for method, error in measured.items():
                errors[place].setdefault(method, []).append(error)
            if place == WORKING and (number in shown or not strips):
                strips.append(_strip(harmonised, measured))
    if not strips:
        raise ValueError(
            f"held-out pictures: expected some with a foreground, got {len(empty)} without; check the masks"
        )
    return Evaluation(
        scores={
            place: {method: mean_score(found) for method, found in of_size.items()}
            for place, of_size in errors.items()
        },
        previews=compose_sheet(strips, "composite | statistics | network | real", side=256, columns=2),
        empty=tuple(empty),
    )


def _at_working_size(pair: CompositePair, size: int) -> CompositePair:
    shown = to_working_size(pair.composite, pair.matte, size)
    real = to_working_size(pair.real, pair.matte, size).composite
    return CompositePair(name=pair.name, composite=shown.composite, real=real, matte=shown.matte)


def _harmonise(
    runner: RainNetRunner, full: CompositePair, small: CompositePair
) -> Iterator[tuple[str, _Harmonised]]:
    """Yield the pair at both sizes, harmonised by each method."""
    network = runner(small.composite[None], small.matte[None])[0]
    methods = {COMPOSITE: small.composite, STATISTICS: harmonise_by_statistics(small), NETWORK: network}
    yield WORKING, _Harmonised(pair=small, pictures=methods)
    working = Working(composite=small.composite, matte=small.matte)
    methods = {COMPOSITE: full.composite, STATISTICS: harmonise_by_statistics(full)}
    for name, upsample in LIFTS.items():
        methods[f"{NETWORK}, {name}"] = upsample(full.composite, full.matte, working, network)
    yield FULL, _Harmonised(pair=full, pictures=methods)


def _strip(harmonised: _Harmonised, errors: Mapping[str, HarmoniserError]) -> Strip:
    """Return a row of the previews."""
    figures = ", ".join(f"{method} {error.fmse:.0f}" for method, error in errors.items())
    return Strip(
        pictures=(*harmonised.pictures.values(), harmonised.pair.real),
        caption=f"{harmonised.pair.name}: fMSE {figures}",
    )


def _evenly_spaced(count: int, most: int) -> set[int]:
    """Return ``most`` evenly spaced numbers below ``count``, starting at 0, rounded up; or all numbers."""
    most = min(count, most)
    return {math.ceil(index * count / most) for index in range(most)}
