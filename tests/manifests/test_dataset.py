from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from manifests.dataset import (
    DATASET_INDEX,
    LATEST,
    latest_version,
    point_latest,
    read_dataset,
    resolve_version,
)
from shards.storage import write_bytes
from tests.manifests.inputs import dataset


@pytest.fixture()
def version(tmp_path: Path) -> Path:
    folder = tmp_path / "small" / "0123abcd"
    write_bytes(str(folder / DATASET_INDEX), dataset().encode())
    return folder


def test_a_written_version_is_read_again(version: Path) -> None:
    assert read_dataset(str(version)) == dataset()
    assert read_dataset(str(version)).encode() == dataset().encode()


def test_it_is_plain_json_that_others_read(version: Path) -> None:
    data = json.loads((version / DATASET_INDEX).read_text())
    assert data == json.loads(json.dumps(asdict(dataset())))
    assert data["format"] == "natocc-dataset/1"
    assert [shard["file"] for shard in data["shards"]] == ["hand-000000.tar", "hand-000001.tar"]


def test_a_folder_without_index_is_no_version(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"expected a dataset version \(dataset\.json in it\), found none"
    ):
        read_dataset(str(tmp_path))


def test_another_format_is_refused(version: Path) -> None:
    data = json.loads((version / DATASET_INDEX).read_text()) | {"format": "natocc-dataset/9"}
    (version / DATASET_INDEX).write_text(json.dumps(data))
    with pytest.raises(ValueError, match="expected format natocc-dataset/1, got 'natocc-dataset/9'"):
        read_dataset(str(version))


def test_the_pointer_moves_from_version_to_version(version: Path) -> None:
    root = str(version.parent)
    assert latest_version(root) is None
    point_latest(root, "0123abcd")
    assert latest_version(root) == "0123abcd" and resolve_version(root) == str(version)
    assert resolve_version(str(version)) == str(version)
    point_latest(root, "ffff")
    assert latest_version(root) == "ffff"
    assert json.loads((version.parent / LATEST).read_text()) == {"version": "ffff"}


def test_neither_version_nor_dataset_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        resolve_version(str(tmp_path))
    assert str(caught.value) == (
        f"{tmp_path}: expected a version (dataset.json) or a dataset (latest.json), got an empty folder; "
        "give the path that `natocc build` printed"
    )
