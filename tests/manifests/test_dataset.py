from __future__ import annotations

import hashlib
import json
import random
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from manifests.dataset import (
    DATASET_INDEX,
    LATEST,
    MANIFEST,
    latest_version,
    point_latest,
    read_dataset,
    read_manifest,
    resolve_version,
)
from manifests.rows import BadRows, encode_rows
from natocc import __version__
from natocc.document import RELEASE, BadDocument, DocumentFormat, encode_document
from shards.storage import write_bytes
from tests.manifests.inputs import dataset, row


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
    own = data.pop("sha256")
    absent = {"instead_of": None}
    assert data | absent == json.loads(json.dumps(asdict(dataset())))
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    assert own == hashlib.sha256(text.encode()).hexdigest()
    assert (data["format"], data["written_by"]) == ("natocc-dataset/2", f"natocc {__version__}")
    assert [shard["file"] for shard in data["shards"]] == ["train-hand-000000.tar", "train-hand-000001.tar"]


def test_a_folder_without_index_is_no_version(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"expected a dataset version \(dataset\.json in it\), found none"
    ):
        read_dataset(str(tmp_path))


def test_a_version_of_a_later_release_names_the_release(version: Path) -> None:
    later = DocumentFormat(
        name="natocc-dataset", schema=9, hashed_since=2, what="", make="", repair="", upgrade=""
    )
    data = encode_document(later, {"name": "small"}).replace(RELEASE.encode(), b"natocc 7.0.0")
    fields = {name: value for name, value in json.loads(data).items() if name != "sha256"}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    fields["sha256"] = hashlib.sha256(text).hexdigest()
    (version / DATASET_INDEX).write_text(json.dumps(fields, indent=1))
    with pytest.raises(
        BadDocument, match=r"got natocc-dataset/9, written by natocc 7\.0\.0; use that"
    ) as caught:
        read_dataset(str(version))
    assert caught.value.problem == "newer"


def test_format_1_without_a_hash_is_read(version: Path) -> None:
    fields = asdict(dataset()) | {"format": "natocc-dataset/1"}
    del fields["written_by"]
    for shard in fields["shards"]:
        del shard["rows_sha256"]
    (version / DATASET_INDEX).write_text(json.dumps(fields, indent=1))
    old = read_dataset(str(version))
    assert (old.format, old.written_by) == ("natocc-dataset/1", "")
    assert replace(old, format=dataset().format, written_by=RELEASE) == dataset()


@pytest.mark.parametrize("file", [DATASET_INDEX, LATEST])
def test_every_cut_and_every_flipped_bit_is_named_with_the_way_out(version: Path, file: str) -> None:
    root = str(version.parent)
    point_latest(root, version.name)
    path = (version if file == DATASET_INDEX else version.parent) / file
    whole = path.read_bytes()
    rng = random.Random(3)
    cuts = [whole[: rng.randrange(len(whole))] for _ in range(20)]
    flips = [bytearray(whole) for _ in range(60)]
    for flipped in flips:
        flipped[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
    for damaged in [b"", *cuts, *flips]:
        path.write_bytes(bytes(damaged))
        with pytest.raises(BadDocument, match=f"{path}: expected .*natocc build") as caught:
            read_dataset(resolve_version(str(version if file == DATASET_INDEX else root)))
        assert caught.value.problem == "damaged"
    path.write_bytes(whole)
    assert read_dataset(resolve_version(root)) == dataset()


@pytest.mark.parametrize("name", ["", "../elsewhere", ".building-1", 3, None])
def test_a_pointer_names_a_folder_beside_it(version: Path, name: object) -> None:
    path = version.parent / LATEST
    path.write_text(json.dumps({"version": name}))
    with pytest.raises(BadDocument, match="expected the name of a version, got "):
        latest_version(str(version.parent))


def test_a_manifest_has_the_hash_of_the_index(version: Path) -> None:
    rows = [row(0), row(1)]
    data = encode_rows(rows)
    described = replace(dataset(), files={MANIFEST: hashlib.sha256(data).hexdigest()})
    with pytest.raises(BadRows, match=r"manifest\.parquet: expected the manifest of the version, found none"):
        read_manifest(str(version), described)
    (version / MANIFEST).write_bytes(data)
    assert read_manifest(str(version), described) == rows
    (version / MANIFEST).write_bytes(encode_rows(rows[:1]))
    with pytest.raises(BadRows, match="got other bytes; run the `natocc build` that made it again"):
        read_manifest(str(version), described)


def test_the_pointer_moves_from_version_to_version(version: Path) -> None:
    root = str(version.parent)
    assert latest_version(root) is None
    point_latest(root, "0123abcd")
    assert latest_version(root) == "0123abcd" and resolve_version(root) == str(version)
    assert resolve_version(str(version)) == str(version)
    point_latest(root, "ffff")
    assert latest_version(root) == "ffff"
    pointer = json.loads((version.parent / LATEST).read_text())
    assert (pointer["version"], pointer["format"]) == ("ffff", "natocc-latest/1")
    (version.parent / LATEST).write_text('{"version": "0123abcd"}')
    assert resolve_version(root) == str(version), "as earlier releases wrote it"


def test_neither_version_nor_dataset_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        resolve_version(str(tmp_path))
    assert str(caught.value) == (
        f"{tmp_path}: expected a version (dataset.json) or a dataset (latest.json), got an empty folder; "
        "give the path that `natocc build` printed"
    )
