"""Steps in a JPEG's pixels that a damaged scan leaves: all brightness or colour after one block is shifted.

A scan stores the difference of each block's mean from the mean of the block before. If a bit of one
difference is wrong, the scan still decodes without a warning, but every later block is shifted:

    ───────┐ a step along the border of the row of blocks, from the damaged block on,
           └───────── and along the next border up to that block; no step anywhere else
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# At most this many groups of columns are compared, and fewer are too few for a judgement.
_MOST_GROUPS, _FEWEST_GROUPS = 48, 16
_FEWEST_ON_A_SIDE = 3
# Rows relative to a border, and their weights: the step across it less the slopes on its sides. The second
# set leaves out the two rows beside it, since upsampled colour is smoothed there.
_WEIGHTS: tuple[dict[int, float], ...] = (
    {-2: 0.5, -1: -1.5, 0: 1.5, 1: -0.5},
    {-4: 0.75, -2: -1.75, 1: 1.75, 3: -0.75},
)
# A smaller step, in levels, can't be seen.
_LEAST_STEP = 2.0
# The level that decoders fill in for missing data, how far repeated encoding moves it, and the fewest rows.
_FILLED, _NEAR, _FEWEST_FILLED = 128, 2, 16
# Shares of the groups that agree: of those along the step, and of those without one.
_AGREE = 0.7


def shifted_tail(rgb: NDArray[np.uint8], block: tuple[int, int]) -> int | None:
    """The row of pixels from which on all blocks are shifted; None if there is none.

    ``rgb`` uint8 HxWxC; ``block`` is the width and height of the scan's unit in pixels. A shift that begins
    near the left or right border looks like an edge in the picture and is not reported.
    """
    steps = _steps(rgb, block)
    borders, groups = steps.shape[:2]
    if borders < 2 or groups < _FEWEST_GROUPS:
        return None
    if not (rows := _possible_rows(steps)).size:
        return None
    above, below = steps[rows], steps[rows + 1]
    for at in range(_FEWEST_ON_A_SIDE, groups - _FEWEST_ON_A_SIDE + 1):
        step = np.median(np.concatenate([above[:, at:], below[:, :at]], 1), axis=1)
        limit, sign = np.maximum(np.abs(step), _LEAST_STEP)[:, None] / 3, np.sign(step)[:, None]
        stepped = [_share(part * sign > limit) for part in (above[:, at:], below[:, :at])]
        level = [_share(np.abs(part) < limit) for part in (above[:, :at], below[:, at:])]
        found = (np.abs(step) >= _LEAST_STEP) & (np.minimum.reduce([*stepped, *level]) >= _AGREE)
        if found.any():
            return (int(rows[np.argmax(found.any(axis=1))]) + 1) * block[1]
    return None


def _possible_rows(steps: NDArray[np.float32]) -> NDArray[np.intp]:
    """The borders at which a shift may begin, by what holds wherever in the row it begins.

    Of the groups along a border and the next one, half have the step: a quarter are at least as high as its
    median. Of the others most are level. Few photographs have such a row, and the search for its place takes
    long.
    """
    both = np.concatenate([steps[:-1], steps[1:]], axis=1)
    count = both.shape[1] // 4
    ordered = np.partition(both, (count - 1, both.shape[1] - count), axis=1)
    sizes = np.abs(both)
    possible = np.zeros(both.shape[::2], np.bool_)
    for step in (ordered[:, -count], -ordered[:, count - 1]):
        level = _share(sizes < step[:, None] / 3)
        possible |= (step >= _LEAST_STEP) & (level >= _AGREE / 2 - 1e-6)
    return np.flatnonzero(possible.any(axis=1))


def _steps(rgb: NDArray[np.uint8], block: tuple[int, int]) -> NDArray[np.float32]:
    """Steps in levels across borders of rows of blocks, (borders, groups, channels)."""
    height, width = rgb.shape[:2]
    across = -(-width // block[0])
    edges = np.arange(0, width, block[0] * -(-across // _MOST_GROUPS))
    borders = np.arange(block[1], height - 3, block[1])
    counts = np.diff(np.append(edges, width)).astype(np.float32)
    means = {
        offset: np.add.reduceat(rgb[borders + offset], edges, axis=1, dtype=np.float32) / counts[:, None]
        for offset in sorted({row for weights in _WEIGHTS for row in weights})
    }
    steps = [sum(np.float32(weight) * means[row] for row, weight in weights.items()) for weights in _WEIGHTS]
    return np.concatenate(steps, axis=2)


def _share(true: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share of each row."""
    return np.asarray(true.mean(axis=1), np.float64)


def grey_tail(rgb: NDArray[np.uint8]) -> int:
    """The number of rows at the end that are the grey which decoders fill in for missing data; else 0.

    A picture that is grey at its other end too, and one that is grey all over, are meant so.
    """
    if not _is_filled(rgb[-1:]).all() or _is_filled(rgb[:1]).all():
        return 0
    rows = int(np.argmin(_is_filled(rgb)[::-1]))
    return rows if rows >= _FEWEST_FILLED else 0


def _is_filled(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether each row is filled in."""
    near = (rgb >= _FILLED - _NEAR) & (rgb <= _FILLED + _NEAR)
    return np.asarray(near.all(axis=(1, 2)), np.bool_)
