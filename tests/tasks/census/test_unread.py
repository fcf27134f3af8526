from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.problems import Unmatched
from tasks.census.unread import unread_inputs
from tests.raw_trees import whole_tree, write


def found(raw: Path) -> dict[str, tuple[int, str]]:
    """Count and first name of the unread files, by folder."""
    return {one.path: (one.count, one.names[0]) for one in unread_inputs(raw)}


def test_of_a_tree_as_it_should_be_nothing_is_left(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    for name in ("CelebAMask-HQ/README.txt", "LICENSE", "COCO/annotations/captions_val2017.json"):
        write(tmp_path / name, b"x")
    for name in ("dtd/imdb/imdb.mat", "11k-hand_sr/a.jpg", "CelebAMask-HQ/natocc.csv", "natocc-sample.json"):
        write(tmp_path / name, b"x")
    for name in (".DS_Store", "__MACOSX/._a", "COCO/Thumbs.db", "a.zip.part"):
        write(tmp_path / name, b"x")
    assert found(tmp_path) == {}


def test_files_and_folders_that_nobody_reads_are_counted_by_folder(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    for name in (
        "celeba.zip",
        "COCO/annotations/mine.json",
        "COCO/test2017/1.jpg",
        "COCO/test2017/deep/2.jpg",
    ):
        write(tmp_path / name, b"x")
    for name in ("RealOcc/split/train.txt", "11k-hands/notes.odt", "backup/a/0.png", "backup/1.png"):
        write(tmp_path / name, b"x")
    assert found(tmp_path) == {
        ".": (1, "celeba.zip"),
        "11k-hands": (1, "notes.odt"),
        "COCO/annotations": (1, "mine.json"),
        "COCO/test2017": (2, "1.jpg"),
        "RealOcc/split": (1, "train.txt"),
        "backup": (2, "1.png"),
    }


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("RealOcc_wild", "RealOcc-Wild"),
        ("RealOcc-wild", "RealOcc-Wild"),
        ("Real Occ", "RealOcc"),
        ("CelebAMaskHQ", "CelebAMask-HQ"),
        ("11k_hands", "11k-hands"),
        ("11k-hands_masks (1)", "11k-hands_masks"),
        ("FaceOcc/COFW-test", "FaceOcc/COFW_test"),
        ("RealOcc/Image", "RealOcc/image"),
        ("cofw", "COFW"),
        ("HandMasks", ""),
    ],
)
def test_another_spelling_is_told_with_the_right_one(tmp_path: Path, folder: str, place: str) -> None:
    write(tmp_path / folder / "img/1.jpg", b"x")
    (tmp_path / "FaceOcc/texture").mkdir(parents=True, exist_ok=True)
    (tmp_path / "RealOcc/split").mkdir(parents=True, exist_ok=True)
    write(tmp_path / "RealOcc/split/val.txt", b"1\n")
    (one,) = unread_inputs(tmp_path)
    assert isinstance(one, Unmatched) and one.path == folder
    assert one.todo == (f"it looks like {place}: rename it to that" if place else one.todo)
    assert ("it looks like" in one.todo) == bool(place)


def test_masks_beside_no_photographs_are_left_over(tmp_path: Path) -> None:
    for name in ("11k-hands_masks/a.png", "RealOcc/mask/1.png", "coco_object/object_mask_x4/1.png"):
        write(tmp_path / name, b"x")
    assert found(tmp_path) == {
        "11k-hands_masks": (1, "a.png"),
        "RealOcc/mask": (1, "1.png"),
        "coco_object/object_mask_x4": (1, "1.png"),
    }


def test_what_natocc_wrote_and_links_in_a_circle_are_passed_over(tmp_path: Path) -> None:
    for name in ("bank/entries.parquet", "out/tiny/latest.json", "review/review.json", "mine/a.tar"):
        write(tmp_path / name, b"x")
    (tmp_path / "mine/again").symlink_to(tmp_path)
    assert found(tmp_path) == {"mine": (1, "a.tar")}
    assert list(unread_inputs(tmp_path, tmp_path / "mine")) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_closed_folder_is_counted(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    assert found(tmp_path) == {"closed": (1, "(Permission denied)")}
    (tmp_path / "closed").chmod(0o700)


def test_files_that_are_named_elsewhere_are_not_counted(tmp_path: Path) -> None:
    for name in ("COCO/notes.odt", "backup/a/0.png", "backup/1.png"):
        write(tmp_path / name, b"x")
    (tmp_path / "COCO/annotations").mkdir()
    counted = unread_inputs(tmp_path, named=("COCO/notes.odt", "backup/a/0.png"))
    assert [(one.path, one.names) for one in counted] == [("backup", ("1.png",))]


def test_a_folder_of_the_right_name_is_not_to_be_renamed(tmp_path: Path) -> None:
    for name in ("image/1.jpg", "mask/1.png", "images/2.jpg"):
        write(tmp_path / "RealOcc" / name, b"x")
    (one,) = unread_inputs(tmp_path)
    assert one.path == "RealOcc/images" and one.todo.startswith(
        "its name is right, but another folder is read"
    )
