from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from manifests.dataset import read_dataset
from manifests.history import HISTORY
from tasks.build.version import BuildReport
from tasks.verify.files import file_findings, history_findings, shard_file_findings
from tests.faulty_tree import CLUTTER


@pytest.fixture()
def copy(built: BuildReport, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.url, tmp_path / "version"))


def test_folders_in_the_place_of_files_are_findings(copy: Path) -> None:
    dataset = read_dataset(str(copy))
    for name in ("manifest.parquet", "train-object-000000.tar"):
        (copy / name).unlink()
        (copy / name).mkdir()
    findings = list(file_findings(str(copy), dataset))
    assert findings == ["manifest.parquet: expected a regular file, got a folder"]
    record = next(one for one in dataset.shards if one.file == "train-object-000000.tar")
    assert list(shard_file_findings(str(copy), record))[-1] == (
        "train-object-000000.tar: expected a regular file, got a folder"
    )


def test_a_shard_has_its_size_and_hash(copy: Path) -> None:
    record = read_dataset(str(copy)).shards[0]
    assert list(shard_file_findings(str(copy), record)) == []
    path = copy / record.file
    path.write_bytes(path.read_bytes()[:-512])
    size, sha256 = shard_file_findings(str(copy), record)
    assert size == f"{record.file}: expected {record.bytes} bytes, got {record.bytes - 512}"
    assert sha256.startswith(f"{record.file}: expected sha256 {record.sha256}, got ")
    path.unlink()
    (missing,) = shard_file_findings(str(copy), record)
    assert missing == f"{record.file}: expected a readable file, got: No such file or directory"


def test_clutter_is_passed_over_and_a_foreign_file_is_a_finding(copy: Path) -> None:
    for name in CLUTTER:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).touch()
    assert list(file_findings(str(copy), read_dataset(str(copy)))) == []
    (copy / "notes.txt").touch()
    (finding,) = file_findings(str(copy), read_dataset(str(copy)))
    assert finding == "notes.txt: not listed in dataset.json"


def test_a_damaged_history_is_a_finding(tmp_path: Path) -> None:
    assert history_findings(str(tmp_path)) == []
    (tmp_path / HISTORY).write_text("{}")
    (finding,) = history_findings(str(tmp_path))
    assert finding.startswith(f"{tmp_path}/{HISTORY}: expected format natocc-versions/1, got None")
