from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.bank.reader import Bank
from assets.bank.writer import close_bank
from natocc.occluders.bank_files import BadBank
from shards.storage import join, sha256_bytes, write_bytes
from shards.tar import pack
from tasks.prepare.bank import prepare
from tasks.training.segmenter.real_faces import RealShard, read_real, real_shards
from tests.bank_entries import flip_bit
from tests.raw_trees import add_face, add_occluded, disc, encoded, write
from tests.small_version import Members, occluded_face, small_bank


def bank_of(url: str, faces: list[tuple[str, Members]]) -> tuple[Bank, RealShard]:
    """A bank of these faces of RealOcc alone, and their shard."""
    packed = pack(faces)
    write_bytes(join(url, "realocc-000000.tar"), packed)
    datasets = {"RealOcc": {"file": "realocc-000000.tar", "faces": len(faces), "licence": ""}}
    evaluation = {"faces": len(faces), "datasets": datasets}
    close_bank(url, [], {"realocc-000000.tar": sha256_bytes(packed)}, {}, {"evaluation": evaluation})
    bank = Bank(url)
    return bank, real_shards(bank)["RealOcc"]


def test_a_large_picture_is_decoded_small_and_looks_the_same(tmp_path: Path) -> None:
    sample = occluded_face(1, side=512)
    bank, shard = bank_of(str(tmp_path), [("k", sample)])
    ((image, mask),) = read_real(bank, shard, range(1), size=64)
    whole = cv2.imdecode(np.frombuffer(sample["jpg"], np.uint8), cv2.IMREAD_COLOR)
    expected = cv2.cvtColor(cv2.resize(whole, (64, 64), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    assert np.abs(image.astype(int) - expected).mean() < 2
    label = cv2.imdecode(np.frombuffer(sample["mask.png"], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert mask.mean() == pytest.approx(label.mean(), abs=0.01)


def test_faces_come_by_number_and_by_data_set(tmp_path: Path) -> None:
    bank = Bank(small_bank(str(tmp_path / "bank"), real=4, Wild=1, COFW=0))
    shards = real_shards(bank)
    assert {name: shard.faces for name, shard in shards.items()} == {"COFW": 0, "RealOcc": 4, "Wild": 1}
    whole = list(read_real(bank, shards["RealOcc"], range(4), size=16))
    assert all(image.shape == (16, 16, 3) and mask.shape == (16, 16) for image, mask in whole)
    some = list(read_real(bank, shards["RealOcc"], range(1, 4, 2), size=16))
    assert [image.tobytes() for image, _ in some] == [whole[number][0].tobytes() for number in (1, 3)]
    assert list(read_real(bank, shards["COFW"], range(0), size=16)) == []


def test_a_shard_with_fewer_faces_than_the_bank_counts_is_refused(tmp_path: Path) -> None:
    bank, shard = bank_of(str(tmp_path), [("k", occluded_face(0))])
    with pytest.raises(
        ValueError, match=r"realocc-000000\.tar: expected 2 faces, .*, got fewer; prepare the"
    ):
        list(read_real(bank, RealShard(file=shard.file, faces=2), range(2), size=16))


def test_a_member_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    sample = occluded_face(0)
    without = {name: data for name, data in sample.items() if name != "mask.png"}
    for member, members in (("mask.png", without), ("jpg", sample | {"jpg": b"no picture"})):
        bank, shard = bank_of(str(tmp_path / member), [("00000007", members)])
        with pytest.raises(ValueError, match=rf"realocc-000000\.tar: 00000007\.{member}: expected"):
            list(read_real(bank, shard, range(1), size=16))


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
        next(read_real(bank, real_shards(bank)["RealOcc"], range(1), size=16))


def test_a_dataset_of_which_no_face_could_be_used_is_without_faces(tmp_path: Path) -> None:
    """As prepare writes it: without a file."""
    add_face(tmp_path / "raw", "0")
    add_occluded(tmp_path / "raw", "00041")
    for name, side in (("image", 80), ("mask", 40)):
        write(tmp_path / f"raw/RealOcc-Wild/{name}/a.png", encoded(disc(side, side), "PNG"))
    bank = Bank(prepare(tmp_path / "raw", str(tmp_path / "bank"), workers=1).bank)
    shards = real_shards(bank)
    assert {name: one.faces for name, one in shards.items()} == {"RealOcc": 1, "RealOcc-Wild": 0}
    assert shards["RealOcc-Wild"].file == ""
