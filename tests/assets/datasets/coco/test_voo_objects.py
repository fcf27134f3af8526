from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assets.datasets.coco.voo_objects import read_voo_objects
from assets.problems import Problem
from assets.records import RawCutout
from tests.raw_trees import add_sidecar, coffee, encoded, write


def read(raw: Path) -> tuple[list[RawCutout], list[str]]:
    problems: list[Problem] = []
    found = list(read_voo_objects(raw, problems.append))
    return found, [f"{problem.action} {problem}" for problem in problems]


def add(folder: Path, stem: str, masks: str = "object_mask_x4", suffix: str = ".jpeg") -> None:
    write(folder / "object_image_sr" / f"{stem}{suffix}", b"x")
    write(folder / masks / f"{stem}.png", b"x")


NOTED = "noted {}object_image_sr: expected 128 objects, as in the paper, got {}"


@pytest.mark.parametrize("place", ["coco_object/", ""])
@pytest.mark.parametrize("masks", ["object_mask_x4", "object_image_x4"])
def test_pictures_and_masks_are_paired_in_either_place_and_spelling(
    tmp_path: Path, place: str, masks: str
) -> None:
    for stem, suffix in (("cup b", ".jpg"), ("12", ".jpeg"), ("3", ".png")):
        add(tmp_path / place, stem, masks, suffix)
    found, problems = read(tmp_path)
    assert [one.image.name for one in found] == ["3.png", "12.jpeg", "cup b.jpg"]
    assert [one.mask and one.mask.name for one in found] == ["3.png", "12.png", "cup b.png"]
    assert len({one.id for one in found}) == 3 and not any("." in one.id for one in found)
    assert {(one.enlarged, one.category, one.origin.split) for one in found} == {(4, "", None)}
    assert problems == [NOTED.format(place, 3)]


def test_the_paper_s_128_need_no_note(tmp_path: Path) -> None:
    for number in range(128):
        add(tmp_path, str(number))
    found, problems = read(tmp_path)
    assert len(found) == 128 and problems == []


def test_a_name_tells_its_coco_photograph_where_that_is_there(tmp_path: Path) -> None:
    data = encoded(coffee())
    write(tmp_path / "COCO/images/train2017/000000000009.jpg", data)
    add(tmp_path, "000000000009_3")
    add(tmp_path, "000000000010_3")
    photos = [one.origin.photo for one in read(tmp_path)[0]]
    assert photos == [hashlib.sha256(data).hexdigest(), ""]


def test_the_side_car_says_what_the_names_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "coco_object"
    add(folder, "a")
    add_sidecar(folder, {"file": "object_image_sr/a.jpeg", "split": "test", "photo": "ab" * 32})
    found, _ = read(tmp_path)
    assert (found[0].origin.split, found[0].origin.photo) == ("test", "ab" * 32)


def test_pictures_and_masks_without_each_other_are_named(tmp_path: Path) -> None:
    add(tmp_path, "a")
    write(tmp_path / "object_image_sr/b.jpg", b"x")
    write(tmp_path / "object_mask_x4/c.png", b"x")
    found, problems = read(tmp_path)
    assert [one.image.stem for one in found] == ["a"]
    assert problems == [
        "unmatched object_mask_x4: expected a photograph for each mask, got 1 mask without a photograph (c.png); "
        "name them like the photographs, or remove them",
        NOTED.format("", 2),
        "refused object_image_sr/b.jpg: expected a mask object_mask_x4/b.png, got no such file",
    ]


def test_a_missing_folder_is_named_and_none_at_all_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) == ([], [])
    write(tmp_path / "coco_object/object_mask_x4/a.png", b"x")
    assert read(tmp_path)[1] == [
        "refused coco_object/object_image_sr: expected a folder of pictures, got no such folder"
    ]


COCO_FILE = "train2017/000000000009.jpg"


@pytest.mark.parametrize("place", ["", "images/"])
def test_what_coco_s_side_car_says_of_the_photograph_holds_for_its_object(tmp_path: Path, place: str) -> None:
    write(tmp_path / "COCO" / place / COCO_FILE, b"x")
    row = {"file": place + COCO_FILE, "photo": "ab" * 32, "person": "ada", "split": "test"}
    add_sidecar(tmp_path / "COCO", row)
    add(tmp_path / "coco_object", "000000000009_3")
    (origin,) = (one.origin for one in read(tmp_path)[0])
    assert (origin.photo, origin.person, origin.split) == ("ab" * 32, "ada", "test")
    own = {"file": "object_image_sr/000000000009_3.jpeg", "photo": "cd" * 32, "split": "excluded"}
    add_sidecar(tmp_path / "coco_object", own)
    (origin,) = (one.origin for one in read(tmp_path)[0])
    assert (origin.photo, origin.person, origin.split) == ("cd" * 32, "ada", "excluded")


def test_coco_s_side_car_that_says_nothing_of_the_hash_leaves_the_file_s(tmp_path: Path) -> None:
    write(tmp_path / "COCO" / COCO_FILE, b"x")
    add_sidecar(tmp_path / "COCO", {"file": COCO_FILE, "split": "excluded"})
    add(tmp_path, "000000000009")
    (origin,) = (one.origin for one in read(tmp_path)[0])
    assert (origin.photo, origin.split) == (hashlib.sha256(b"x").hexdigest(), "excluded")


def test_a_second_mask_and_a_second_picture_of_one_name_are_problems(tmp_path: Path) -> None:
    add(tmp_path, "cup")
    write(tmp_path / "object_mask_x4/cup.jpg", b"x")
    write(tmp_path / "object_image_sr/cup.png", b"x")
    found, problems = read(tmp_path)
    assert [(one.image.name, one.mask and one.mask.name) for one in found] == [("cup.jpeg", "cup.png")]
    assert problems == [
        "refused object_image_sr/cup.png: expected a name of its own, got the name of object_image_sr/cup.jpeg",
        "refused object_mask_x4/cup.jpg: expected one mask of a photograph, "
        "got object_mask_x4/cup.png too, which is taken; remove one",
        NOTED.format("", 1),
    ]
