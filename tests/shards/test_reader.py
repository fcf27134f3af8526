from __future__ import annotations

from pathlib import Path

import pytest

from shards.reader import BadShard, read_sample, read_samples, read_shard, read_whole
from shards.storage import sha256_bytes
from shards.tar import pack

SAMPLES = [(f"0000{n}-000", {"jpg": bytes([n]), "json": b"{}"}) for n in range(4)]


@pytest.fixture()
def shard(tmp_path: Path) -> str:
    (tmp_path / "a.tar").write_bytes(pack(SAMPLES))
    return str(tmp_path / "a.tar")


def test_samples_come_in_file_order(shard: str) -> None:
    assert list(read_shard(shard)) == SAMPLES


def test_one_sample_is_found_by_its_key(shard: str) -> None:
    assert read_sample(shard, "00002-000") == SAMPLES[2][1]


def test_an_unknown_key_names_the_shard_and_the_key(shard: str) -> None:
    with pytest.raises(BadShard, match=r"a\.tar: expected sample '00009-000', got none of that key"):
        read_sample(shard, "00009-000")


def test_a_shard_of_other_bytes_and_a_missing_one_say_what_to_do(shard: str) -> None:
    expected = sha256_bytes(pack(SAMPLES))
    assert read_whole(shard, expected) == pack(SAMPLES)
    with pytest.raises(
        BadShard, match=r"a\.tar: expected the shard that the index lists, got other bytes; run"
    ):
        read_whole(shard, "0" * 64)
    with pytest.raises(BadShard, match=r"b\.tar: expected the shard that the index lists, got no file; run"):
        list(read_shard(shard.replace("a.tar", "b.tar"), expected))


def test_all_samples_are_those_of_the_hashed_shard(shard: str) -> None:
    data = Path(shard).read_bytes()
    assert read_samples(shard, sha256_bytes(data)) == SAMPLES
    with pytest.raises(BadShard, match="expected the shard that the index lists, got other bytes"):
        read_samples(shard, sha256_bytes(data[1:]))


def test_a_damaged_shard_is_told_by_its_hash_first(shard: str) -> None:
    data = Path(shard).read_bytes()[:700]
    Path(shard).write_bytes(data)
    with pytest.raises(BadShard, match="got other bytes"):
        read_samples(shard, sha256_bytes(b"whole"))
    with pytest.raises(BadShard, match="expected a whole tar, got a damaged one"):
        read_samples(shard, sha256_bytes(data))
