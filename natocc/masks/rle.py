"""COCO's run-length masks: column-major runs that begin with zeros.

pycocotools is not used, since it accepts runs that end too soon and leaves the rest of the mask empty.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from natocc.geometry import Image


def decode_runs(counts: Sequence[int] | str | bytes, size: tuple[int, int]) -> Image:
    """uint8 HxW of 0 and 255 from runs, plain or in COCO's compressed text; ``size`` is (height, width).

    Raises ValueError unless the runs fill the mask exactly.
    """
    plain = _expand(counts) if isinstance(counts, str | bytes) else [int(count) for count in counts]
    height, width = size
    # Python's numbers, since a sum of hostile runs can exceed 64 bits.
    if min(plain, default=0) < 0 or sum(plain) != height * width:
        raise ValueError(f"runs of {sum(plain)} pixels in all for a mask of {width}x{height}")
    runs = np.asarray(plain, dtype=np.int64)
    values = np.arange(len(runs)) % 2 * 255
    return np.ascontiguousarray(np.repeat(values.astype(np.uint8), runs).reshape(width, height).T)


def _expand(text: str | bytes) -> list[int]:
    """Five bits per character, lowest first; from the fourth run on, differences from the run two before."""
    data = text.encode("ascii") if isinstance(text, str) else text
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
