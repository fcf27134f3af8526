"""How close hands come to the colours of faces: ``python -m benchmarks.colour_transfer --bank data/bank``.

Every hand of a bank with every face, each hand at its stored size. The distance is POT's sliced Wasserstein
distance between the masks' pixels in CIE Lab, where 1 is about the smallest visible difference. Contrast is
the mean gradient of luma in the mask after the transfer, divided by that before. Times are CPU times of one
thread, in alternation.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import ot
from numpy.typing import NDArray

from assets.bank.reader import Bank
from natocc.geometry import Image
from natocc.transfer.apply import Transfer, transfer_colours
from tasks.render.inputs import load_face, load_occluder

METHODS = {
    "table, no guard": Transfer(strength=1, seed=7, guard=False),
    "table": Transfer(strength=1, seed=7),
    "partial, no guard": Transfer(strength=1, seed=7, method="partial", guard=False),
    "partial": Transfer(strength=1, seed=7, method="partial"),
    "linear, no guard": Transfer(strength=1, seed=7, method="linear", guard=False),
    "sot, no guard": Transfer(strength=1, seed=7, method="sot", guard=False),
}
SLOW = ("sot",)
_PIXELS = 4000
_PROJECTIONS = 50
# A pair counts as worse if its distance exceeds this and the untouched distance.
_CLOSE = 3.0

Pixels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """A picture and the mask (0-255) of the pixels that count."""

    image: Image
    mask: Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One method on one pair."""

    untouched: float
    distance: float
    contrast: float
    ms: float


def lab_pixels(cut: Cut) -> Pixels:
    """About 4,000 of the mask's pixels in Lab, evenly spaced."""
    inside = cut.image[cut.mask > 127]
    inside = inside[:: max(1, len(inside) // _PIXELS)]
    return cv2.cvtColor((inside[None] / 255).astype(np.float32), cv2.COLOR_RGB2LAB)[0].astype(np.float64)


def distance(first: Pixels, second: Pixels) -> float:
    return float(ot.sliced_wasserstein_distance(first, second, n_projections=_PROJECTIONS, seed=1))


def contrast(cut: Cut) -> float:
    """Mean gradient of luma between neighbours of the mask."""
    luma, inside = cv2.cvtColor(cut.image, cv2.COLOR_RGB2GRAY).astype(np.int16), cut.mask > 127
    across = np.abs(np.diff(luma, axis=1))[inside[:, 1:] & inside[:, :-1]]
    down = np.abs(np.diff(luma, axis=0))[inside[1:] & inside[:-1]]
    return float(across.mean() + down.mean())


def score(hand: Cut, face: Cut, params: Transfer) -> Score:
    start = time.process_time()
    changed = transfer_colours(hand.image, hand.mask, face.image, face.mask, params)
    spent = time.process_time() - start
    target, after = lab_pixels(face), Cut(changed, hand.mask)
    return Score(
        untouched=distance(lab_pixels(hand), target),
        distance=distance(lab_pixels(after), target),
        contrast=contrast(after) / contrast(hand),
        ms=spent * 1000,
    )


def read_pairs(url: str) -> list[tuple[Cut, Cut]]:
    """All (hand, face) pairs of a bank."""
    bank = Bank(url)
    hands = [load_occluder(bank, entry) for entry in bank.entries("hand")]
    faces = [load_face(bank, entry, 1024, parsing=False) for entry in bank.entries("face")]
    hand_cuts = [Cut(hand.rgb[0], hand.alpha[0]) for hand in hands if hand.alpha is not None]
    face_cuts = [Cut(face.image, face.mask * np.uint8(255)) for face in faces]
    return [(hand, face) for hand in hand_cuts for face in face_cuts]


def spaced(items: Sequence[int], count: int) -> list[int]:
    """``count`` evenly spaced items, or all."""
    count = min(count, len(items))
    return [items[index * len(items) // count] for index in range(count)]


def row(name: str, scores: list[Score]) -> str:
    before = np.array([score.untouched for score in scores])
    after = np.array([score.distance for score in scores])
    ratios = [score.contrast for score in scores]
    worse = int((after > np.maximum(before, _CLOSE)).sum())
    ms = np.mean([score.ms for score in scores])
    return (
        f"| {name} | {len(scores)} | {before.mean():.2f} | {after.mean():.2f} | "
        f"{after.mean() / before.mean():.3f} | {after.max():.2f} | {worse} | "
        f"{min(ratios):.2f}-{max(ratios):.2f} | {ms:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True, help="folder or URL of a bank with hands and faces")
    parser.add_argument("--pairs", type=int, default=12, help="pairs for the slow methods, evenly spaced")
    parser.add_argument("--methods", nargs="*", choices=METHODS, default=list(METHODS))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    pairs = read_pairs(arguments.bank)
    slow = {name for name in arguments.methods if METHODS[name].method in SLOW}
    few = spaced(range(len(pairs)), arguments.pairs)
    scores: dict[str, list[Score]] = {name: [] for name in arguments.methods}
    for index, (hand, face) in enumerate(pairs):
        for name in arguments.methods:
            if name not in slow or index in few:
                scores[name].append(score(hand, face, METHODS[name]))
    print(
        "| method | pairs | untouched | mean | share | worst | worse than max(untouched, 3) | contrast | ms |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, found in scores.items():
        print(row(name, found))


if __name__ == "__main__":
    main()
