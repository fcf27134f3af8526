from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from shards import storage
from shards.reader import BadShard, MissingShard
from tasks.training.segmenter.feed.reading.index import index_source
from tasks.training.segmenter.feed.reading.shard_file import MemberReader
from tests.bank_entries import flip_bit
from tests.small_version import small_version
from tests.tasks.training.segmenter.feed.feeds import version


def test_members_are_those_of_the_tar_also_in_another_process(tmp_path: Path) -> None:
    index = index_source(version(tmp_path), 0, 0)
    reader = MemberReader(index.files)
    members = reader.read(1, "00000000", ("jpg", "mask.png", "other"))
    assert set(members) == {"jpg", "mask.png"} and members["jpg"][:2] == b"\xff\xd8"
    again = pickle.loads(pickle.dumps(reader))
    assert again.read(1, "00000000", ("jpg",)) == {"jpg": members["jpg"]}
    assert reader.where(1, "k").endswith("train-randocc-000000.tar: k")


def test_a_copy_compares_no_shard_again_but_one_that_was_written_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = version(tmp_path)
    hashed: list[str] = []
    hash_of = storage.sha256_of
    monkeypatch.setattr(storage, "sha256_of", lambda place: hashed.append(place) or hash_of(place))
    reader = MemberReader(index_source(url, 0, 0).files)
    hashed.clear()
    reader.compare([1, 2, 1])
    assert len(hashed) == 2
    copy = pickle.loads(pickle.dumps(reader))
    for one in (reader, copy, copy):
        assert one.read(1, "00000000", ("jpg",)) and one.read(2, "00000003", ("jpg",))
    assert len(hashed) == 2
    shard = Path(url) / "train-randocc-000000.tar"
    shard.write_bytes(shard.read_bytes())
    assert copy.read(1, "00000000", ("jpg",)) and len(hashed) == 3
    flip_bit(shard, 600)
    with pytest.raises(BadShard, match="expected the shard that the index lists, got other bytes"):
        copy.read(1, "00000000", ("jpg",))
    with pytest.raises(BadShard, match="expected the shard that the index lists, got other bytes"):
        reader.compare([2, 1])


def test_shards_elsewhere_are_compared_whenever_they_are_loaded() -> None:
    url = small_version("memory://shard-file/v", train=2)
    files = index_source(url, 0, 0).files
    reader = MemberReader(files)
    reader.compare([1])
    assert reader.read(1, "00000001", ("jpg",))["jpg"][:2] == b"\xff\xd8"
    storage.write_bytes(files[1].url, storage.read_bytes(files[1].url)[:-1] + b"x")
    with pytest.raises(BadShard, match="expected the shard that the index lists, got other bytes"):
        MemberReader(files).read(1, "00000001", ("jpg",))


def test_a_shard_with_another_number_of_samples_is_an_error(tmp_path: Path) -> None:
    files = index_source(version(tmp_path), 0, 0).files
    reader = MemberReader(tuple(replace(one, samples=4) for one in files))
    with pytest.raises(BadShard, match=r"train-randocc-000000\.tar: expected 4 samples, got 3"):
        reader.read(1, "00000000", ("jpg",))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    url = version(tmp_path)
    reader = MemberReader(index_source(url, 0, 0).files)
    with pytest.raises(BadShard, match="expected sample 'odd', got none of that key"):
        reader.read(1, "odd", ("jpg",))
    (Path(url) / "train-randocc-000001.tar").unlink()
    with pytest.raises(MissingShard, match="expected the shard that the index lists, got no file"):
        reader.read(2, "00000003", ("jpg",))
