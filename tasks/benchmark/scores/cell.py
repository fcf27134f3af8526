"""The counts of one network and arm on one test set, as arrays: seeds, pictures, counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from natocc.masks.policy import FACE_CLASS_IDS
from tasks.benchmark.counts.table import CALIBRATION_BINS

Floats = NDArray[np.float64]
# Columns of ``Cell.values``: of face and background, of the outline's bands, of the soft edge; then pixels
# with a probability, and of each bin the sum of probabilities less the pixels that are face.
TN, FP, FN, TP, BOTH, EITHER, BAND, ABSOLUTE, SQUARED, BINNED = range(10)
GAPS = BINNED + 1
COLUMNS = GAPS + CALIBRATION_BINS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell:
    """``values``: float64 (seeds, pictures, columns), the seeds and keys in order.

    ``keys``, ``groups``, ``occluders`` and ``hidden`` are those of the pictures.
    """

    seeds: tuple[int, ...]
    keys: tuple[str, ...]
    groups: tuple[str, ...]
    occluders: tuple[str, ...]
    hidden: Floats
    values: Floats

    def taken(self, pictures: NDArray[np.bool_]) -> Cell:
        """Some of its pictures."""
        chosen = np.flatnonzero(pictures)
        return Cell(
            seeds=self.seeds,
            keys=tuple(self.keys[number] for number in chosen),
            groups=tuple(self.groups[number] for number in chosen),
            occluders=tuple(self.occluders[number] for number in chosen),
            hidden=self.hidden[chosen],
            values=self.values[:, chosen],
        )

    def by_group(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The groups in order of their names, and each picture's group by number."""
        names, numbers = np.unique(np.asarray(self.groups, dtype=str), return_inverse=True)
        return tuple(names.tolist()), np.asarray(numbers, np.int64)


def cell_of(rows: pa.Table, what: str) -> Cell:
    """A cell from the rows of one network, arm, set, reading and tta; ``what`` names it in messages.

    Raises ValueError for seeds that have not the same pictures, and for a picture that is there twice.
    """
    records = rows.to_pylist()
    by_seed: dict[int, dict[str, Mapping[str, Any]]] = {}
    for record in records:
        pictures = by_seed.setdefault(record["seed"], {})
        if record["key"] in pictures:
            raise ValueError(f"{what}: expected each picture once a seed, got {record['key']} twice")
        pictures[record["key"]] = record
    seeds = tuple(sorted(by_seed))
    keys = tuple(sorted(by_seed[seeds[0]]))
    for seed in seeds[1:]:
        if set(by_seed[seed]) != set(keys):
            odd = set(by_seed[seed]) ^ set(keys)
            raise ValueError(
                f"{what}: expected the same pictures for every seed, got {some_of(odd)} of some alone; score "
                "them again"
            )
    values = np.zeros((len(seeds), len(keys), COLUMNS))
    for place, seed in enumerate(seeds):
        for number, key in enumerate(keys):
            values[place, number] = _columns(by_seed[seed][key])
    first = [by_seed[seeds[0]][key] for key in keys]
    return Cell(
        seeds=seeds,
        keys=keys,
        groups=tuple(str(record["group"]) for record in first),
        occluders=tuple(str(record["occluder"]) for record in first),
        hidden=np.asarray([record["hidden"] for record in first], np.float64),
        values=values,
    )


def _columns(record: Mapping[str, Any]) -> Floats:
    counted = np.reshape(np.asarray(record["confusion"], np.float64), (record["classes"],) * 2)
    if record["classes"] == 2:
        binary = counted.ravel()
    else:
        face = np.isin(np.arange(len(counted)), FACE_CLASS_IDS)
        sides: Sequence[NDArray[np.bool_]] = (~face, face)
        binary = np.asarray([counted[np.ix_(truth, found)].sum() for truth in sides for found in sides])
    gaps = np.zeros(CALIBRATION_BINS)
    if record["bin_pixels"]:
        gaps = np.subtract(record["bin_probability"], record["bin_face"])
    others = ("boundary_both", "boundary_either", "band_pixels", "band_absolute", "band_squared")
    return np.concatenate([binary, [record[name] for name in others], [sum(record["bin_pixels"])], gaps])


def some_of(names: Iterable[object], most: int = 3) -> str:
    """The first names, and how many more there are."""
    known = sorted(map(str, names))
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
