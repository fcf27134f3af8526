"""Shards are read as a training repository reads them, and each split for itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import webdataset as wds

from assets.bank.reader import Bank
from manifests.dataset import DATASET_INDEX, read_dataset
from natocc.occluders.bank_files import BadBank
from shards.reader import BadShard
from shards.storage import join, write_bytes
from shards.tar import pack
from tasks.prepare.bank import prepare
from tasks.training.read_shards import read_real, read_shards, real_shards, shard_urls
from tests.bank_entries import flip_bit
from tests.manifests.inputs import sample_fields
from tests.raw_trees import add_face, add_occluded, disc, encoded, write
from tests.small_version import occluded_face, small_bank, small_version, write_version


def test_every_sample_of_a_split_comes_in_file_order_at_the_wanted_size(tmp_path: Path) -> None:
    url = small_version(str(tmp_path / "v"), train=3, test=2)
    examples = list(read_shards(url, "train", size=32))
    assert [one.key for one in examples] == ["00000000", "00000001", "00000002"]
    assert [one.key for one in read_shards(url, "test", size=32)] == ["00000100", "00000101"]
    for one in examples:
        assert one.image.shape == (32, 32, 3) and one.image.dtype == np.uint8
        assert one.mask.shape == (32, 32) and set(np.unique(one.mask)) == {0, 1}


# The library leaves a local shard to the garbage collector to close.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_pixels_equal_those_that_plain_webdataset_decodes(tmp_path: Path) -> None:
    url = small_version(str(tmp_path / "v"), train=2)
    plain = wds.WebDataset(list(shard_urls(url, "train")), shardshuffle=False).decode("rgb8")
    pairs = list(plain.to_tuple("jpg", "mask.png"))
    for one, (image, mask) in zip(read_shards(url, "train", size=128), pairs, strict=True):
        assert np.abs(one.image.astype(int) - image).max() <= 2  # two JPEG decoders
        assert np.array_equal(one.mask, mask[..., 0] if mask.ndim == 3 else mask)


def test_a_large_picture_is_decoded_small_and_looks_the_same(tmp_path: Path) -> None:
    sample = occluded_face(1, side=512)
    url = write_version(str(tmp_path / "v"), {"a-000000.tar": ("train", [("k", sample)])})
    (example,) = read_shards(url, "train", size=64)
    whole = cv2.imdecode(np.frombuffer(sample["jpg"], np.uint8), cv2.IMREAD_COLOR)
    expected = cv2.cvtColor(cv2.resize(whole, (64, 64), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    assert np.abs(example.image.astype(int) - expected).mean() < 2
    label = cv2.imdecode(np.frombuffer(sample["mask.png"], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert example.mask.mean() == pytest.approx(label.mean(), abs=0.01)


def test_mixed_shards_are_sorted_by_face_and_occluder(tmp_path: Path) -> None:
    def sample(face: str, occluder: str | None) -> dict[str, bytes]:
        facts = {"face": {"split": face}, "occluder": occluder and {"split": occluder}}
        return occluded_face(0) | {"json": json.dumps(facts).encode()}

    # The json of this release, of a sample without an occluder.
    nothing = sample_fields(occluder=dict.fromkeys(sample_fields()["occluder"], ""))
    mixed = [("a", sample("train", "train")), ("b", sample("train", "test"))]
    mixed += [("c", sample("test", "test")), ("d", sample("train", None))]
    mixed += [("e", occluded_face(0) | {"json": json.dumps(nothing).encode()})]
    url = write_version(str(tmp_path / "v"), {"a-000000.tar": ("all", mixed)})
    assert [one.key for one in read_shards(url, "train", size=16)] == ["a", "d", "e"]
    assert [one.key for one in read_shards(url, "test", size=16)] == ["c"]


def test_per_shard_takes_the_first_of_each(tmp_path: Path) -> None:
    samples = [(f"{number}", occluded_face(number)) for number in range(6)]
    shards = {"a-000000.tar": ("train", samples[:3]), "a-000001.tar": ("train", samples[3:])}
    url = write_version(str(tmp_path / "v"), shards)
    assert [one.key for one in read_shards(url, "train", size=16, per_shard=2)] == ["0", "1", "3", "4"]


def test_object_storage_is_read_like_a_folder() -> None:
    url = small_version("memory://read-shards/v", train=2)
    assert len(list(read_shards(url, "train", size=16))) == 2


def test_the_latest_version_of_a_dataset_is_followed(tmp_path: Path) -> None:
    small_version(str(tmp_path / "one"))
    write_bytes(join(str(tmp_path), "latest.json"), json.dumps({"version": "one"}).encode())
    found = shard_urls(str(tmp_path), "test")
    assert {url: record.samples for url, record in found.items()} == {
        str(tmp_path / "one" / "test-heldout-000000.tar"): 4
    }


def test_a_member_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    sample = occluded_face(0)
    without = {name: data for name, data in sample.items() if name != "mask.png"}
    broken = sample | {"jpg": b"no picture"}
    for member, members in (("mask.png", without), ("jpg", broken)):
        url = write_version(str(tmp_path / member), {"a-000000.tar": ("train", [("00000007", members)])})
        with pytest.raises(ValueError, match=rf"a-000000\.tar: 00000007\.{member}: expected"):
            list(read_shards(url, "train", size=16))


@pytest.mark.parametrize("damage", ["flipped bit", "cut short", "missing"])
def test_no_sample_of_a_damaged_shard_is_used(damage: str, tmp_path: Path) -> None:
    url, shard = small_version(str(tmp_path / "v")), tmp_path / "v" / "train-randocc-000000.tar"
    if damage == "flipped bit":
        flip_bit(shard, shard.stat().st_size - 20_000)
    elif damage == "cut short":
        shard.write_bytes(shard.read_bytes()[:20_000])
    else:
        shard.unlink()
    got = "no file" if damage == "missing" else "other bytes"
    with pytest.raises(BadShard, match=rf"{shard}: expected the shard that the index lists, got {got}; run"):
        next(read_shards(url, "train", size=16))
    assert len(list(read_shards(url, "test", size=16))) == 4


def test_a_shard_with_another_number_of_samples_is_an_error(tmp_path: Path) -> None:
    url = small_version(str(tmp_path / "v"))
    dataset = read_dataset(url)
    records = tuple(replace(record, samples=record.samples + 1) for record in dataset.shards)
    write_bytes(join(url, DATASET_INDEX), replace(dataset, shards=records).encode())
    with pytest.raises(ValueError, match=r"train-randocc-000000\.tar: expected 9 samples, got 8; build"):
        list(read_shards(url, "train", size=16))


def test_a_folder_may_have_two_colons_in_its_name(tmp_path: Path) -> None:
    url = small_version(str(tmp_path / "a::b"), train=2)
    assert len(list(read_shards(url, "train", size=16))) == 2


def test_really_occluded_faces_come_from_the_bank_by_dataset(tmp_path: Path) -> None:
    bank = Bank(small_bank(str(tmp_path / "bank"), real=2, Wild=1))
    assert {name: shard.faces for name, shard in real_shards(bank).items()} == {"RealOcc": 2, "Wild": 1}
    assert [one.key for one in read_real(bank, size=16)] == ["00000200", "00000201"]
    assert [one.key for one in read_real(bank, "Wild", size=16)] == ["00000300"]
    assert list(read_real(bank, "COFW", size=16)) == []
    assert list(read_real(Bank(small_bank(str(tmp_path / "empty"), real=0)), size=16)) == []


@pytest.mark.parametrize("damage", ["flipped bit", "cut short", "missing"])
def test_a_damaged_shard_of_a_bank_is_an_error(damage: str, tmp_path: Path) -> None:
    bank, shard = Bank(small_bank(str(tmp_path / "bank"))), tmp_path / "bank/realocc-000000.tar"
    if damage == "flipped bit":
        flip_bit(shard, 9_000)
    elif damage == "cut short":
        shard.write_bytes(shard.read_bytes()[:-512])
    else:
        shard.unlink()
    with pytest.raises(BadBank, match=rf"{shard}: expected the file.*; it is damaged: copy the bank again"):
        next(read_real(bank, size=16))


def test_a_tar_alone_is_no_version(tmp_path: Path) -> None:
    write_bytes(str(tmp_path / "a-000000.tar"), pack([("k", occluded_face(0))]))
    with pytest.raises(FileNotFoundError, match=r"expected a version \(dataset\.json\)"):
        list(read_shards(str(tmp_path), "train", size=16))


def test_a_dataset_of_which_no_face_could_be_used_is_passed_over(tmp_path: Path) -> None:
    """As prepare writes it: without a file."""
    add_face(tmp_path / "raw", "0")
    add_occluded(tmp_path / "raw", "00041")
    for name, side in (("image", 80), ("mask", 40)):
        write(tmp_path / f"raw/RealOcc-Wild/{name}/a.png", encoded(disc(side, side), "PNG"))
    bank = Bank(prepare(tmp_path / "raw", str(tmp_path / "bank"), workers=1).bank)
    shards = real_shards(bank)
    assert {name: one.faces for name, one in shards.items()} == {"RealOcc": 1, "RealOcc-Wild": 0}
    assert list(read_real(bank, "RealOcc-Wild", size=16)) == []
