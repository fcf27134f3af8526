from __future__ import annotations

from pathlib import Path

import pytest

from shards.reader import BadShard, read_sample, read_shard
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
