"""Figures of a benchmark, and their Parquet tables."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from shards import storage

_TEXT, _WHOLE, _NUMBER = pa.string(), pa.int32(), pa.float64()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One score of a network and an arm on a test set; nan where there is none."""

    network: str
    mixture: str
    set: str
    # A slice: one kind of occluder, or a third of the hidden share; "" for all pictures.
    slice: str
    reading: str
    tta: bool
    metric: str
    pictures: int
    # Persons, or photographs of nobody known.
    groups: int
    seeds: int
    # Over seeds; the spread is the standard deviation (n - 1).
    mean: float
    spread: float
    # 95 % interval, by bootstrap over groups and seeds.
    low: float
    high: float
    # Why something is missing.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A difference of two arms on one test set, named before training; nan where nothing is tested."""

    network: str
    set: str
    metric: str
    better: str
    than: str
    difference: float
    low: float
    high: float
    # Two-sided, by permutation; Holm's over all comparisons; the smallest that so many groups can reach.
    p: float
    p_holm: float
    smallest_p: float
    pictures: int
    groups: int
    seeds: int
    note: str = ""


RESULTS_SCHEMA = pa.schema(
    [
        *((name, _TEXT) for name in ("network", "mixture", "set", "slice", "reading")),
        ("tta", pa.bool_()),
        ("metric", _TEXT),
        *((name, _WHOLE) for name in ("pictures", "groups", "seeds")),
        *((name, _NUMBER) for name in ("mean", "spread", "low", "high")),
        ("note", _TEXT),
    ]
)
COMPARISONS_SCHEMA = pa.schema(
    [
        *((name, _TEXT) for name in ("network", "set", "metric", "better", "than")),
        *((name, _NUMBER) for name in ("difference", "low", "high", "p", "p_holm", "smallest_p")),
        *((name, _WHOLE) for name in ("pictures", "groups", "seeds")),
        ("note", _TEXT),
    ]
)


def write_figures(
    url: str, figures: Iterable[Result | Comparison], schema: pa.Schema, facts: Mapping[str, str]
) -> None:
    """Write results or comparisons as Parquet; equal figures and facts give equal bytes."""
    table = pa.Table.from_pylist([asdict(one) for one in figures], schema=schema.with_metadata(dict(facts)))
    stream = io.BytesIO()
    pq.write_table(table, stream)
    storage.write_bytes(url, stream.getvalue())
