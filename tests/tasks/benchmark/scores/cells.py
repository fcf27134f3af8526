"""Tables of counts made by hand."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from tasks.benchmark.counts.table import CALIBRATION_BINS, COUNTS_SCHEMA

EMPTY_BINS = [0] * CALIBRATION_BINS


def row(key: str, confusion: Iterable[int], **changes: object) -> dict[str, object]:
    """A row of one picture: true background right, taken for face; face missed, right."""
    plain: dict[str, object] = {
        "network": "net",
        "mixture": "a",
        "seed": 0,
        "checkpoint": "",
        "tta": False,
        "set": "s",
        "key": key,
        "reading": "as labelled",
        "height": 2,
        "width": 4,
        "occluder": "hand",
        "category": "",
        "hidden": float("nan"),
        "source": "",
        "person": "",
        "photo": "",
        "occluder_photo": "",
        "group": key,
        "classes": 2,
        "confusion": list(confusion),
        "boundary_both": 1,
        "boundary_either": 2,
        "band_pixels": 0,
        "band_absolute": 0.0,
        "band_squared": 0.0,
        "bin_pixels": [],
        "bin_probability": [],
        "bin_face": [],
    }
    return plain | changes


def table(rows: Iterable[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=COUNTS_SCHEMA)
