from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from manifests.dataset import MANIFEST, Dataset
from manifests.restore import describe_manifest, described_dataset
from manifests.rows import Row, decode_rows, encode_rows
from shards.storage import sha256_bytes, write_bytes
from tests.manifests.inputs import dataset, row, shard

ROWS = [row(0), row(1, verdict="rejected", reason="hidden_too_much")]


@pytest.fixture()
def described(tmp_path: Path) -> Dataset:
    """A version of one shard whose manifest lies in ``tmp_path``."""
    record = replace(shard(0), rows_sha256=sha256_bytes(encode_rows(ROWS)))
    recipe = {"profile": "best", "seed": 2, "description": "A few."}
    version = replace(dataset(), shards=(record,), recipe=recipe)
    manifest = describe_manifest(version, ROWS)
    write_bytes(str(tmp_path / MANIFEST), manifest)
    return replace(version, files={MANIFEST: sha256_bytes(manifest)})


def test_the_index_is_as_it_was(described: Dataset, tmp_path: Path) -> None:
    restored = described_dataset(str(tmp_path))
    assert restored == described
    assert restored is not None and restored.encode() == described.encode()
    assert decode_rows((tmp_path / MANIFEST).read_bytes()) == ROWS


def test_a_manifest_with_any_flipped_bit_gives_none(described: Dataset, tmp_path: Path) -> None:
    whole = (tmp_path / MANIFEST).read_bytes()
    rng = random.Random(5)
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        (tmp_path / MANIFEST).write_bytes(damaged)
        assert described_dataset(str(tmp_path)) is None


@pytest.mark.parametrize("kind", ["missing", "undescribed", "rows of another version"])
def test_what_does_not_describe_its_rows_gives_none(kind: str, described: Dataset, tmp_path: Path) -> None:
    rows: list[Row] = ROWS[:1] if kind == "rows of another version" else ROWS
    if kind == "missing":
        (tmp_path / MANIFEST).unlink()
    elif kind == "undescribed":
        (tmp_path / MANIFEST).write_bytes(encode_rows(rows))
    else:
        (tmp_path / MANIFEST).write_bytes(describe_manifest(described, rows))
    assert described_dataset(str(tmp_path)) is None
