"""The sliced transport of ``sot`` against its plain form.

``python -m benchmarks.transfer.transport --bank data/bank``: whole cut-outs of hands at bank size, each with
a face. CPU times of one thread, the least of three, in alternation; both forms give the same bits.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from benchmarks.colour_transfer import read_pairs, spaced
from natocc.transfer.apply import Transfer, prepare_transport
from natocc.transfer.transport import move_by_batches

_ROUNDS = 3


def move_plainly(
    source: NDArray[np.float32],
    goal: NDArray[np.float32],
    directions: NDArray[np.float32],
    batch: int,
    dtype: DTypeLike = np.float32,
) -> np.ndarray:
    """Sliced transport as its definition says it, pixel by pixel.

    The sources (Nx3) after the mean motions of each batch of directions to the goals (Nx3).
    """
    moved, goal, directions = (array.astype(dtype) for array in (source, goal, directions))
    for start in range(0, len(directions), batch):
        part = directions[start : start + batch]
        motion = np.zeros_like(moved)
        for direction in part:
            projected, wanted = _along(moved, direction), np.sort(_along(goal, direction))
            order = np.argsort(projected, kind="stable")
            step = np.empty_like(projected)
            step[order] = wanted - projected[order]
            motion += step[:, None] * direction
        moved += motion / moved.dtype.type(len(part))
    return moved


def _along(colours: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The projections; the three products are added in their order."""
    return colours[:, 0] * direction[0] + colours[:, 1] * direction[1] + colours[:, 2] * direction[2]


def seconds(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True, help="folder or URL of a bank with hands and faces")
    parser.add_argument("--pairs", type=int, default=6, help="pairs of hand and face, evenly spaced")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    print("| hand | pixels | goals | plain, s | now, s | ratio |")
    print("|---|---|---|---|---|---|")
    pairs = read_pairs(arguments.bank)
    for index in spaced(range(len(pairs)), arguments.pairs):
        hand, face = pairs[index]
        params = Transfer(strength=1, seed=7, method="sot")
        made = prepare_transport(hand.image, hand.mask, face.image, face.mask, params)
        goal = np.repeat(made.goal, made.counts, axis=0)
        plain, now = [], []
        for _ in range(_ROUNDS):
            plain.append(seconds(partial(move_plainly, made.source, goal, made.directions, made.batch)))
            now.append(seconds(partial(move_by_batches, made)))
        before, after = min(plain), min(now)
        size = "x".join(str(side) for side in hand.image.shape[1::-1])
        goals, ratio = len(made.goal), before / after
        print(f"| {size} | {len(goal):,} | {goals:,} | {before:.2f} | {after:.2f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
