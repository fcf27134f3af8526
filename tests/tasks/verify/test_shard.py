from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from manifests.dataset import read_dataset, read_manifest
from tasks.build.version import BuildReport
from tasks.verify.shard import check_shard
from tests.earlier_version import make_schema_1


def test_a_sound_shard_has_keys_and_no_findings(built: BuildReport) -> None:
    record = built.dataset.shards[0]
    rows = [row for row in read_manifest(built.url, built.dataset) if row.shard == record.file]
    for known in (record, None):
        for of_shard in (rows, None):
            checked = check_shard(built.url, record.file, known, of_shard)
            assert checked.findings == []
            assert checked.keys == [row.key for row in rows if row.verdict == "kept"]


def test_rows_and_counts_that_differ_are_found(built: BuildReport) -> None:
    record = built.dataset.shards[0]
    rows = [row for row in read_manifest(built.url, built.dataset) if row.shard == record.file]
    fewer = check_shard(built.url, record.file, record, rows[1:]).findings
    assert fewer == [
        f"{record.file}: {rows[0].key}: expected a kept row in manifest.parquet, got none",
        f"{record.file}: expected the manifest's 3 kept samples in order, got 4",
    ]
    other = [replace(rows[0], hidden_ratio=0.5), *rows[1:]]
    (finding,) = check_shard(built.url, record.file, record, other).findings
    assert f"{rows[0].key}: json: expected hidden_ratio 0.5 as in manifest.parquet" in finding
    (finding,) = check_shard(built.url, record.file, replace(record, samples=9), None).findings
    assert finding == f"{record.file}: expected 9 samples as recorded, got 4"


def test_a_name_without_its_split_is_found(built: BuildReport, tmp_path: Path) -> None:
    record = built.dataset.shards[0]
    other = replace(record, split="test")
    (finding,) = check_shard(built.url, record.file, other, None).findings
    prefix = f"test-{record.set}-"
    assert finding == f"{record.file}: expected a name that begins with {prefix}, for split test, got another"
    old = shutil.copytree(built.url, tmp_path / "small" / "old")
    make_schema_1(old)
    for earlier in read_dataset(str(old)).shards:
        assert not earlier.file.startswith("train-")
        assert check_shard(str(old), earlier.file, earlier, None).findings == []


def test_what_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.tar").mkdir()
    (tmp_path / "b.tar").write_bytes(b"no tar" * 100)
    (folder,) = check_shard(str(tmp_path), "a.tar", None, None).findings
    assert folder == "a.tar: expected a regular file, got a folder"
    (damaged,) = check_shard(str(tmp_path), "b.tar", None, None).findings
    assert damaged.startswith(f"{tmp_path}/b.tar: expected a whole tar, got a damaged one (")
