from __future__ import annotations

from pathlib import Path

import pytest

from assets.bank.reader import Entry
from assets.problems import Problem
from natocc.files.read import Bounds
from shards.reader import read_shard
from tasks.prepare.entry import Prepared, refuse
from tasks.prepare.records import read_record
from tasks.prepare.write import make_entries, write_entries
from tests.entries import blank_entry


def entry(name: str) -> Entry:
    return blank_entry("face", name, dataset="mine", licence="", source=f"{name}.jpg")


def prepare_one(item: Path, raw: Path, mark: str) -> Prepared:
    if item.stem == "bad":
        return refuse(item.name, "a good one", "a bad one")
    return Prepared(entry=entry(item.stem), members={"json": mark.encode()}, problems=(), counted=("kept",))


def prepare_chunk(items: list[Path], raw: Path, mark: str) -> list[Prepared]:
    return [prepare_one(item, raw, mark) for item in items]


@pytest.fixture()
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "raw" / f"{name}.jpg" for name in ("a", "bad", "c")]
    paths[0].parent.mkdir()
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


def test_a_chunk_is_made_one_by_one_or_as_a_whole(files: list[Path]) -> None:
    raw, arguments = files[0].parent, {"mark": "m"}
    one_by_one = make_entries(prepare_one, arguments, raw, False, Bounds(), files)
    assert make_entries(prepare_chunk, arguments, raw, True, Bounds(), files) == one_by_one
    assert [list(made.inputs) for made in one_by_one] == [["a.jpg"], ["bad.jpg"], ["c.jpg"]]
    assert all(mark is not None for made in one_by_one for mark in made.inputs.values())
    with pytest.raises(ValueError, match="zip"):
        make_entries(lambda items, raw: [], {}, raw, True, Bounds(), files)


def test_a_shard_holds_what_could_be_used_and_its_record_says_the_rest(
    files: list[Path], tmp_path: Path
) -> None:
    bank, noted = str(tmp_path / "bank"), list[Problem]()
    made = make_entries(prepare_one, {"mark": "m"}, files[0].parent, False, Bounds(), files)
    record = write_entries(bank, "face-000000", "key", made, noted.append)
    assert [entry.id for entry in record.entries] == ["a", "c"] and record.counted == {"kept": 2}
    assert list(record.problems) == noted and len(noted) == 1
    assert list(record.inputs) == ["a.jpg", "bad.jpg", "c.jpg"]
    assert read_record(bank, "face-000000") == record
    assert [members for _, members in read_shard(f"{bank}/{record.file}")] == [{"json": b"m"}] * 2
    # Where nothing is left, neither is the tar.
    none = write_entries(bank, "face-000000", "key", made[1:2], noted.append)
    assert none.size == 0 and not none.entries and not (tmp_path / "bank" / none.file).exists()
