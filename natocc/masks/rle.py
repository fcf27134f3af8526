"""COCO's run-length masks: column-major runs that begin with zeros.

pycocotools is not used, since it accepts runs that end too soon and leaves the rest of the mask empty.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Box, Image

# Pixels of a mask that int64 can count.
_MOST = 2**63 - 1
# Ends of runs in pixels, counted down the columns.
_Ends = NDArray[np.int64]


def decode_runs(counts: Sequence[int] | str | bytes, size: tuple[int, int], box: Box | None = None) -> Image:
    """uint8 HxW of 0 and 255 from runs, plain or in COCO's compressed text; ``size`` is (height, width).

    With ``box`` only its pixels are made. Raises ValueError unless the runs fill the mask exactly.
    """
    ends, height = _ends(counts, size), size[0]
    box = box or Box(0, 0, size[1], size[0])
    ends = np.clip(ends, box.x0 * height, box.x1 * height)
    runs = np.diff(ends, prepend=box.x0 * height)
    values = (np.arange(len(runs)) % 2 * 255).astype(np.uint8)
    columns = np.repeat(values, runs).reshape(box.width, height)
    return np.ascontiguousarray(columns[:, box.y0 : box.y1].T)


def measure_runs(counts: Sequence[int] | str | bytes, size: tuple[int, int]) -> tuple[Box, int]:
    """The bounding box and the number of the pixels that are set, without making the mask.

    Raises ValueError unless the runs fill the mask exactly.
    """
    ends, height = _ends(counts, size), size[0]
    starts, stops = ends[:-1:2], ends[1::2]
    starts, stops = starts[starts < stops], stops[starts < stops]
    if not len(starts):
        return Box(0, 0, 0, 0), 0
    last = stops - 1
    # A run that goes on in the next column has pixels in the last and the first row.
    longer = starts // height < last // height
    top = int(np.where(longer, 0, starts % height).min())
    bottom = int(np.where(longer, height - 1, last % height).max()) + 1
    box = Box(int(starts[0] // height), top, int(last[-1] // height) + 1, bottom)
    return box, int((stops - starts).sum())


def encode_runs(mask: Image) -> list[int]:
    """The plain runs of a mask (HxW, non-zero inside)."""
    flat = (mask > 0).T.ravel()
    changes = np.flatnonzero(np.diff(flat)) + 1
    bounds = np.concatenate(([0], changes, [flat.size]))
    runs: list[int] = np.diff(bounds).tolist()
    return [0, *runs] if flat[0] else runs


def _ends(counts: Sequence[int] | str | bytes, size: tuple[int, int]) -> _Ends:
    """Where each run ends. Raises ValueError unless the runs fill the mask exactly."""
    plain = _expand(counts) if isinstance(counts, str | bytes) else [int(count) for count in counts]
    height, width = size
    if height * width > _MOST:
        raise ValueError("runs for a mask of more than 2**63 pixels")
    # Python's numbers, since a sum of hostile runs can exceed 64 bits.
    if min(plain, default=0) < 0 or sum(plain) != height * width:
        raise ValueError(f"runs of {sum(plain)} pixels in all for a mask of {width}x{height}")
    return np.cumsum(np.asarray(plain, dtype=np.int64))


def _expand(text: str | bytes) -> list[int]:
    """Five bits per character, lowest first; from the fourth run on, differences from the run two before."""
    try:
        data = text.encode("ascii") if isinstance(text, str) else text
    except UnicodeEncodeError as error:
        raise ValueError("compressed runs with signs other than ASCII in them") from error
    runs: list[int] = []
    value, shift = 0, 0
    for byte in data:
        code = byte - 48
        if not 0 <= code < 64 or shift > 50:
            raise ValueError(f"compressed runs with {chr(byte)!r} in them")
        value |= (code & 31) << shift
        shift += 5
        if code & 32:
            continue
        if code & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value, shift = 0, 0
    if shift:
        raise ValueError("compressed runs that break off")
    return runs
