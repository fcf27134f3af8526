"""Tables of results."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pyarrow.parquet as pq

from tasks.benchmark.scores.results import (
    COMPARISONS_SCHEMA,
    RESULTS_SCHEMA,
    Comparison,
    Result,
    write_figures,
)


def test_the_tables_have_the_figures_fields() -> None:
    assert RESULTS_SCHEMA.names == [field.name for field in fields(Result)]
    assert COMPARISONS_SCHEMA.names == [field.name for field in fields(Comparison)]


def test_equal_figures_give_equal_bytes(tmp_path: Path) -> None:
    one = Comparison(
        network="n", set="s", metric="miou", better="a", than="b", difference=0.1, low=0.0, high=0.2,
        p=0.5, p_holm=1.0, smallest_p=0.25, pictures=12, groups=3, seeds=2,
    )  # fmt: skip
    urls = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for url in urls:
        write_figures(str(url), [one], COMPARISONS_SCHEMA, {"benchmark": "x"})
    assert urls[0].read_bytes() == urls[1].read_bytes()
    assert pq.read_table(urls[0]).to_pylist()[0]["smallest_p"] == 0.25
