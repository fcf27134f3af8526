from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assets.hands import read_hands
from assets.problems import Problem
from assets.records import RawHand
from tests.raw_trees import add_hand, add_hand_info, add_sidecar, write


def read(raw: Path) -> tuple[list[RawHand], list[Problem]]:
    problems: list[Problem] = []
    return list(read_hands(raw, problems.append)), problems


def test_hands_come_by_name_with_side_and_skin(tmp_path: Path) -> None:
    for number in (11, 2):
        add_hand(tmp_path, number, b"x", b"x")
    row = {
        "imageName": "Hand_0000002.jpg",
        "aspectOfHand": "dorsal left",
        "skinColor": "very fair",
        "age": 40,
    }
    add_hand_info(tmp_path, [row, {"imageName": "Hand_0000011.jpg"}])
    add_sidecar(tmp_path / "11k-hands", {"file": "Hands/Hand_0000011.jpg", "rot_deg": "180"})
    hands, problems = read(tmp_path)
    assert [hand.image.name for hand in hands] == ["Hand_0000002.jpg", "Hand_0000011.jpg"]
    assert [(hand.aspect, hand.skin, hand.rot_deg) for hand in hands] == [
        ("dorsal left", "very fair", 0),
        ("", "", 180),
    ]
    assert all(hand.mask is not None and hand.mask.parent.name == "11k-hands_masks" for hand in hands)
    assert problems == []


def test_upper_case_suffixes_are_pictures_too(tmp_path: Path) -> None:
    add_hand(tmp_path, 1, b"x", b"x")
    add_hand_info(tmp_path, [])
    (tmp_path / "11k-hands/Hands/Hand_0000001.jpg").rename(tmp_path / "11k-hands/Hands/Hand_0000001.JPG")
    assert len(read(tmp_path)[0]) == 1


@pytest.mark.parametrize(("photo", "mask"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_mask_is_found_whatever_the_spelling_of_accents(tmp_path: Path, photo: str, mask: str) -> None:
    write(tmp_path / f"11k-hands/Hands/{unicodedata.normalize(photo, 'Zoë')}.jpg", b"x")
    write(tmp_path / f"11k-hands_masks/{unicodedata.normalize(mask, 'Zoë')}.png", b"x")
    row = {"imageName": f"{unicodedata.normalize(mask, 'Zoë')}.jpg", "skinColor": "fair"}
    add_hand_info(tmp_path, [row])
    hands, problems = read(tmp_path)
    assert [hand.skin for hand in hands] == ["fair"] and problems == []


def test_a_hand_without_a_mask_is_named(tmp_path: Path) -> None:
    add_hand(tmp_path, 1, b"x", b"x")
    add_hand_info(tmp_path, [])
    write(tmp_path / "11k-hands/Hands/Hand_0000003.jpg", b"x")
    hands, problems = read(tmp_path)
    assert len(hands) == 1
    assert [str(problem) for problem in problems] == [
        "11k-hands/Hands/Hand_0000003.jpg: expected a mask 11k-hands_masks/Hand_0000003.png, got no such file"
    ]


def test_no_mask_folder_and_no_photographs_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a/11k-hands/Hands/Hand_0000003.jpg", b"x")
    add_hand_info(tmp_path / "a", [])
    assert [problem.got for problem in read(tmp_path / "a")[1]] == ["no such file"]
    add_hand_info(tmp_path / "b", [])
    assert [str(problem) for problem in read(tmp_path / "b")[1]] == [
        "11k-hands/Hands: expected a folder of photographs, got no such folder"
    ]


@pytest.mark.parametrize(
    ("table", "got"),
    [
        (None, "no such file"),
        (b"id,name\n1,Hand_0000001.jpg\n", "columns id, name"),
        (b"", "columns none"),
        (b"imageName\nHand_\xff.jpg\n", "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_hands_do_without_a_table_that_cannot_be_read(tmp_path: Path, table: bytes | None, got: str) -> None:
    add_hand(tmp_path, 1, b"x", b"x")
    if table is not None:
        write(tmp_path / "11k-hands/HandInfo.csv", table)
    hands, problems = read(tmp_path)
    assert [(hand.aspect, hand.skin) for hand in hands] == [("", "")]
    assert [problem.action for problem in problems] == ["converted"]
    assert str(problems[0]).startswith(
        "11k-hands/HandInfo.csv: expected the table of the download, with imageName, got "
    )
    assert got in problems[0].got and problems[0].got.endswith("; side and skin are unknown")
