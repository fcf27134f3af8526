"""Held-out samples of a version."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from shards.reader import BadShard
from tasks.benchmark.sets.held_out import open_held_out
from tests.bank_entries import flip_bit
from tests.small_version import Members, occluded_face, small_version, write_version


def sample(number: int, split: str = "test", **facts: object) -> Members:
    members = occluded_face(number, side=48, split=split)
    said = json.loads(members["json"]) | facts
    return members | {"json": json.dumps(said).encode()}


def version(folder: Path) -> str:
    face = {"id": "7", "split": "test", "person": "ada", "photo": "f" * 64, "source": "faces/7.jpg"}
    cup = {"id": "9", "split": "test", "category": "cup", "photo": "0" * 64}
    facts = {"kind": "object", "hidden_ratio": 0.25, "face": face, "occluder": cup, "licences": ["CC0"]}
    hand = facts | {"kind": "hand", "occluder": cup | {"category": "dorsal left"}}
    return write_version(
        str(folder),
        {
            "train-object-000000.tar": ("train", [("a", sample(0, "train"))]),
            "test-object-000000.tar": ("test", [("b", sample(1, **facts)), ("c", sample(2))]),
            "test-hand-000000.tar": ("test", [("d", sample(3, **hand))]),
        },
    )


def test_each_set_of_the_recipe_is_a_test_set(tmp_path: Path) -> None:
    hand, objects = open_held_out(version(tmp_path))
    assert (hand.name, objects.name) == ("small/hand", "small/object")
    assert [one.key for one in objects.facts] == ["b", "c"]
    known, unknown = objects.facts
    assert (known.occluder, known.category, known.hidden) == ("object", "cup", 0.25)
    assert (known.person, known.photo, known.source) == ("ada", "f" * 64, "faces/7.jpg")
    assert known.occluder_photo == "0" * 64 and objects.licences == ("CC0",)
    assert unknown.occluder == "randocc" and math.isnan(unknown.hidden) and unknown.person == ""
    assert hand.facts[0].category == "dorsal left"


def test_pictures_come_with_their_mattes_as_often_as_needed(tmp_path: Path) -> None:
    _, objects = open_held_out(version(tmp_path))
    for _ in range(2):
        first, second = objects.read()
        assert first.facts == objects.facts[0] and first.alpha is not None and first.clean_mask is not None
        assert (first.image != second.image).any()


def test_a_version_without_test_samples_is_missing(tmp_path: Path) -> None:
    (found,) = open_held_out(small_version(str(tmp_path), train=1, test=0))
    assert found.name == "small" and not found.facts
    assert "expected samples of the split test, got none; build a recipe" in found.missing


def test_the_fingerprint_is_of_the_test_shards_alone(tmp_path: Path) -> None:
    prints = [
        open_held_out(small_version(str(tmp_path / name), train=train, test=test))[0].fingerprint
        for name, train, test in (("a", 1, 1), ("b", 2, 1), ("c", 1, 2))
    ]
    assert prints[0] == prints[1] != prints[2]


def test_a_damaged_shard_is_an_error_that_names_it(tmp_path: Path) -> None:
    url = version(tmp_path)
    flip_bit(tmp_path / "test-hand-000000.tar", 900)
    with pytest.raises(BadShard, match=r"test-hand-000000\.tar: expected the shard that the index lists"):
        open_held_out(url)


def test_other_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected"):
        open_held_out(str(tmp_path))
    (tmp_path / "img").mkdir()
    with pytest.raises(ValueError, match="expected a version, got a folder of img and mask"):
        open_held_out(str(tmp_path))
