"""The held-out part: the network beside the composites as they are and the statistics harmoniser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.rainnet.runner import RainNetRunner
from natocc.geometry import Image
from natocc.harmonise.lift import LIFTS, to_working_size
from tasks.contact_sheet import Strip, compose_sheet
from tasks.training.harmoniser.data.pairs import Pair
from tasks.training.harmoniser.metrics import Score, by_statistics, mean_score, measure

COMPOSITE, STATISTICS, NETWORK = "composite", "statistics", "network"
WORKING, FULL = "working size", "full size"
_HALF = 128
# Rows of the previews.
_SHOWN = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """``scores`` by name of the size, then of what made the picture; ``previews`` RGB uint8 HxWx3."""

    scores: Mapping[str, Mapping[str, Score]]
    previews: Image
    # Pairs without a solid pixel of foreground at either size.
    empty: tuple[str, ...]


def score_held_out(runner: RainNetRunner, pairs: Iterable[Pair], count: int, size: int) -> Scored:
    """Score ``count`` pairs, given at full size, there and at the working ``size``.

    At full size the network's colours are lifted, in both ways (natocc.harmonise.lift). Raises ValueError
    where no pair has a foreground.
    """
    figures: dict[str, dict[str, list[tuple[float, float, float]]]] = {WORKING: {}, FULL: {}}
    strips: list[Strip] = []
    empty: list[str] = []
    rows = min(count, _SHOWN)
    for number, full in enumerate(pairs):
        shown = to_working_size(full.composite, full.matte, size)
        real = to_working_size(full.real, full.matte, size).composite
        small = Pair(name=full.name, composite=shown.composite, real=real, matte=shown.matte)
        if small.matte.max() < _HALF or full.matte.max() < _HALF:
            empty.append(full.name)
            continue
        network = runner(small.composite[None], small.matte[None])[0]
        statistics = by_statistics(small)
        made = {
            WORKING: {COMPOSITE: small.composite, STATISTICS: statistics, NETWORK: network},
            FULL: {COMPOSITE: full.composite, STATISTICS: by_statistics(full)}
            | {
                f"{NETWORK}, {name}": lift(full.composite, full.matte, shown, network)
                for name, lift in LIFTS.items()
            },
        }
        for place, pair in ((WORKING, small), (FULL, full)):
            for name, picture in made[place].items():
                figures[place].setdefault(name, []).append(measure(picture, pair))
        # One pair of each of so many equal stretches.
        if not strips or number * rows // count != (number - 1) * rows // count:
            told = ", ".join(f"{name} {figures[WORKING][name][-1][2]:.0f}" for name in made[WORKING])
            strips.append(
                Strip(pictures=(*made[WORKING].values(), small.real), caption=f"{small.name}: fMSE {told}")
            )
    if not strips:
        raise ValueError(
            f"held-out pictures: expected some with a foreground, got {len(empty)} without; check the masks"
        )
    title = "composite | statistics | network | real"
    return Scored(
        scores={
            place: {name: mean_score(found) for name, found in made_by.items()}
            for place, made_by in figures.items()
        },
        previews=compose_sheet(strips, title, side=256, columns=2),
        empty=tuple(empty),
    )
