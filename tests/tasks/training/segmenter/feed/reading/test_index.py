from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from manifests.dataset import DATASET_INDEX, MANIFEST, read_dataset
from manifests.rows import encode_rows
from shards.storage import join, sha256_bytes, write_bytes
from shards.tar import pack
from tasks.training.segmenter.feed.reading.index import FeedSample, index_source
from tests.manifests.inputs import row, sample_fields
from tests.small_version import Members, occluded_face, small_version, write_version
from tests.tasks.training.segmenter.feed.feeds import feed_of, version


def test_a_version_gives_its_samples_with_split_set_and_face(tmp_path: Path) -> None:
    index = index_source(version(tmp_path), 3, 5)
    assert [one.split for one in index.samples] == ["test"] + ["train"] * 6
    assert {one.file for one in index.samples} == {5, 6, 7} and {one.source for one in index.samples} == {3}
    assert index.samples[1].photo == "00000" and index.dataset is not None
    assert {one.kind for one in index.samples} == {"randocc"}


def json_of(**parts: str | None) -> Members:
    """A sample whose json has these splits of face and occluder; none, if it is None."""
    fields = {name: {"split": split} if split else {} for name, split in parts.items()}
    return occluded_face(0, side=32) | {"json": json.dumps(fields).encode()}


def splits_of(samples: tuple[FeedSample, ...]) -> dict[str, str]:
    return {one.key: one.split for one in samples}


@pytest.mark.parametrize(("split", "unnamed"), [("all", "unknown"), ("list", "train")])
def test_samples_of_mixed_shards_are_of_the_split_of_face_and_occluder(
    split: str, unnamed: str, tmp_path: Path
) -> None:
    # The json of this release, of a sample without an occluder.
    nothing = sample_fields(occluder=dict.fromkeys(sample_fields()["occluder"], ""))
    mixed = [("a", json_of(face="train", occluder="train")), ("b", json_of(face="train", occluder="test"))]
    mixed += [("c", json_of(face="test", occluder="test")), ("d", json_of(face="val", occluder=None))]
    mixed += [("e", occluded_face(0, side=32) | {"json": json.dumps(nothing).encode()})]
    mixed += [("f", json_of(face=None, occluder=None)), ("g", json_of(face="excluded"))]
    url = write_version(str(tmp_path / "v"), {"train-set-000000.tar": (split, mixed)})
    assert splits_of(index_source(url, 0, 0).samples) == {
        "a": "train",
        "b": "several",
        "c": "test",
        "d": "val",
        "e": "train",
        "f": unnamed,
        "g": "excluded",
    }


def test_the_latest_version_of_a_dataset_is_followed_and_a_tar_alone_is_none(tmp_path: Path) -> None:
    url = small_version(str(tmp_path / "a::b" / "one"))
    write_bytes(join(str(tmp_path / "a::b"), "latest.json"), json.dumps({"version": "one"}).encode())
    assert index_source(str(tmp_path / "a::b"), 0, 0).url == url
    write_bytes(str(tmp_path / "alone" / "a-000000.tar"), pack([("k", occluded_face(0, side=32))]))
    with pytest.raises(
        FileNotFoundError, match=r"expected a folder of img and mask, a version \(dataset\.json"
    ):
        index_source(str(tmp_path / "alone"), 0, 0)


@pytest.mark.parametrize(("listed", "stated"), [(1, 2), (3, 2)])
def test_a_manifest_that_counts_other_samples_than_the_index_is_refused(
    listed: int, stated: int, tmp_path: Path
) -> None:
    samples = [(f"k{number}", occluded_face(number, side=32)) for number in range(stated)]
    url = write_version(str(tmp_path / "v"), {"train-set-000000.tar": ("train", samples)})
    rows = [row(key=f"k{number}", shard="train-set-000000.tar", split="train") for number in range(listed)]
    data = encode_rows(rows)
    write_bytes(join(url, MANIFEST), data)
    dataset = replace(read_dataset(url), files={MANIFEST: sha256_bytes(data)})
    write_bytes(join(url, DATASET_INDEX), dataset.encode())
    with pytest.raises(
        ValueError,
        match=rf"expected {stated} samples of train-set-000000\.tar in manifest\.parquet, .*got {listed}; run",
    ):
        index_source(url, 0, 0)


def folder(path: Path, names: tuple[str, ...], masks: tuple[str, ...]) -> str:
    for name in names:
        (path / "img").mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path / "img" / name), np.full((40, 30, 3), 90, np.uint8))
    for name in masks:
        (path / "mask").mkdir(parents=True, exist_ok=True)
        mask = np.zeros((40, 30), np.uint8)
        mask[:20] = 255
        cv2.imwrite(str(path / "mask" / name), mask)
    return str(path)


def test_a_folder_of_pictures_and_masks_is_read(tmp_path: Path) -> None:
    feed = feed_of(folder(tmp_path, ("a.jpg", "b.png"), ("a.png", "b.png")))
    assert len(feed.training) == 2 and feed.data[0].dataset is None
    assert {one.kind for one in feed.training} == {"none"}
    read = feed.read(feed.training[0])
    assert read.image.shape == (16, 16, 3) and read.label[:8].all() and not read.label[8:].any()


def test_names_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"expected a mask NAME\.png for each of the 2 pictures .* 'b' first"
    ):
        index_source(folder(tmp_path / "x", ("a.jpg", "b.jpg"), ("a.png",)), 0, 0)
    with pytest.raises(ValueError, match="expected one picture of each name, got several of 'a'"):
        index_source(folder(tmp_path / "y", ("a.jpg", "a.png"), ("a.png",)), 0, 0)


def test_files_of_a_folder_that_are_not_used_are_counted(tmp_path: Path) -> None:
    url = folder(tmp_path, ("a.jpg",), ("a.png", "b.png", "c.png"))
    (tmp_path / "img" / "a.txt").touch()
    (tmp_path / "img" / ".DS_Store").touch()
    assert index_source(url, 0, 0).notes == (
        f"{url}/img: 1 file not used, 'a.txt' first: neither .jpg, .jpeg nor .png",
        f"{url}/mask: 2 files not used, 'b.png' first: no picture in img",
    )
