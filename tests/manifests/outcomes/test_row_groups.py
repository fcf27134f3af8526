from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from manifests.dataset import MANIFEST, open_rows
from manifests.outcomes import row_groups
from manifests.outcomes.row_groups import RowGroups, RowWriter, description_in, encode_manifest
from manifests.rows import BadRows, Row, decode_rows, rows_of, table_of
from tests.manifests.inputs import dataset, row

ROWS = [row(number, person="a" if number % 3 else None) for number in range(23)]


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_groups, "_GROUP", 10)


def tables(*sizes: int) -> list[pa.Table]:
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return [table_of(ROWS[start : start + size]) for start, size in zip(starts, sizes, strict=True)]


@pytest.mark.parametrize("sizes", [(23,), (1,) * 23, (4, 0, 15, 4), (10, 10, 3)])
def test_the_bytes_do_not_depend_on_how_the_rows_come(sizes: tuple[int, ...]) -> None:
    data = encode_manifest(tables(*sizes), b"words")
    assert data == encode_manifest(tables(23), b"words")
    assert decode_rows(data) == ROWS and description_in(data) == b"words"
    assert [pq.read_metadata(pa.BufferReader(data)).row_group(n).num_rows for n in range(3)] == [10, 10, 3]


def test_no_rows_are_a_table_too() -> None:
    data = encode_manifest([], b"words")
    assert decode_rows(data) == [] and description_in(data) == b"words"


def test_the_writer_knows_the_hash_of_what_it_wrote() -> None:
    stream = io.BytesIO()
    with RowWriter(stream) as writer:
        for table in tables(12, 11):
            writer.write(table)
        writer.close(b"words")
    assert writer.sha256 == hashlib.sha256(stream.getvalue()).hexdigest()


@pytest.fixture
def groups(tmp_path: Path) -> RowGroups:
    path = tmp_path / MANIFEST
    path.write_bytes(encode_manifest(tables(23), b"words"))
    return RowGroups(str(path))


@pytest.mark.parametrize(("start", "stop"), [(0, 23), (0, 1), (9, 11), (10, 20), (8, 21), (22, 23), (5, 5)])
def test_a_range_of_rows_may_lie_in_several_groups(groups: RowGroups, start: int, stop: int) -> None:
    assert rows_of(groups.slice(start, stop)) == ROWS[start:stop]


def test_some_columns_of_all_rows(groups: RowGroups) -> None:
    table = groups.columns(["cache_key", "verdict"])
    assert table.column_names == ["cache_key", "verdict"]
    assert table["cache_key"].to_pylist() == [one.cache_key for one in ROWS]


def test_a_table_without_keys_has_empty_ones(tmp_path: Path) -> None:
    pq.write_table(table_of(ROWS).drop_columns("cache_key"), tmp_path / MANIFEST)
    old = RowGroups(str(tmp_path / MANIFEST))
    assert old.columns(["cache_key"])["cache_key"].to_pylist() == [""] * 23
    assert rows_of(old.slice(3, 5)) == [replace(one, cache_key="") for one in ROWS[3:5]]


def test_a_manifest_has_the_hash_of_the_index(tmp_path: Path) -> None:
    data = encode_manifest(tables(23), b"words")
    described = replace(dataset(), files={MANIFEST: hashlib.sha256(data).hexdigest()})
    with pytest.raises(BadRows, match=r"manifest\.parquet: expected the manifest of the version, found none"):
        open_rows(str(tmp_path), described)
    (tmp_path / MANIFEST).write_bytes(data)
    found: list[Row] = rows_of(open_rows(str(tmp_path), described).slice(0, 23))
    assert found == ROWS
    (tmp_path / MANIFEST).write_bytes(data[:-1])
    with pytest.raises(BadRows, match="got other bytes; run the `natocc build` that made it again"):
        open_rows(str(tmp_path), described)


def test_damage_is_one_kind_of_error(tmp_path: Path) -> None:
    path = tmp_path / MANIFEST
    path.write_bytes(b"no table")
    with pytest.raises(BadRows, match="expected a readable table of rows, got a damaged one"):
        RowGroups(str(path))
    data = bytearray(encode_manifest(tables(23), b"words"))
    data[200:400] = bytes(200)
    path.write_bytes(data)
    with pytest.raises(BadRows, match="expected a readable table of rows, got a damaged one"):
        RowGroups(str(path)).slice(0, 23)
