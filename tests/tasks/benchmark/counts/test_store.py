"""Tables of counts, written and read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.benchmark.counts.store import facts_of, merge_counts, read_counts, write_counts
from tests.tasks.benchmark.counts.test_measure import picture, rows


def test_a_table_comes_back_and_has_equal_bytes_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "a.parquet", tmp_path / "b.parquet"
    for path in (first, second):
        write_counts(str(path), rows(picture()), {"run": "x"})
    table = read_counts(str(first))
    assert first.read_bytes() == second.read_bytes()
    assert table.to_pylist()[0]["confusion"] == [3, 1, 1, 3] and facts_of(table)["run"] == "x"


def test_several_tables_become_one(tmp_path: Path) -> None:
    urls = [str(tmp_path / f"{name}.parquet") for name in "ab"]
    for url in urls:
        write_counts(url, rows(picture()), {"run": url})
    merged = str(tmp_path / "all.parquet")
    merge_counts(merged, map(read_counts, urls), {"benchmark": "b"})
    table = read_counts(merged)
    assert table.num_rows == 2 and facts_of(table)["benchmark"] == "b"


def test_what_is_no_table_of_counts_is_refused(tmp_path: Path) -> None:
    damaged, other = tmp_path / "d.parquet", tmp_path / "o.parquet"
    damaged.write_bytes(b"PAR1 and no more")
    pq.write_table(pa.table({"a": [1]}), other)
    with pytest.raises(ValueError, match="expected a table of counts, got a damaged file"):
        read_counts(str(damaged))
    with pytest.raises(ValueError, match="got another table"):
        read_counts(str(other))
