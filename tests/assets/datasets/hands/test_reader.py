from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from assets.datasets.hands.info import SKINS
from assets.datasets.hands.reader import read_hands
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
        ("dorsal left", "very fair", None),
        ("", "", 180),
    ]
    assert all(hand.mask is not None and hand.mask.parent.name == "11k-hands_masks" for hand in hands)
    assert problems == []


@pytest.mark.parametrize("folder", ["11k-hands_mask", "hand_sample_mask"])
def test_masks_lie_in_the_folders_of_the_published_settings_too(tmp_path: Path, folder: str) -> None:
    add_hand(tmp_path, 2, b"x", b"x")
    add_hand_info(tmp_path, [])
    (tmp_path / "11k-hands_masks").rename(tmp_path / folder)
    hands, problems = read(tmp_path)
    assert [hand.mask for hand in hands] == [tmp_path / folder / "Hand_0000002.png"] and problems == []


def test_of_two_masks_the_published_folder_s_is_taken_and_the_other_named(tmp_path: Path) -> None:
    add_hand(tmp_path, 2, b"x", b"x")
    add_hand_info(tmp_path, [])
    write(tmp_path / "hand_sample_mask/Hand_0000002.png", b"y")
    hands, problems = read(tmp_path)
    assert hands[0].mask == tmp_path / "11k-hands_masks/Hand_0000002.png"
    assert [str(problem) for problem in problems] == [
        "hand_sample_mask/Hand_0000002.png: expected one mask of a hand, "
        "got that and 11k-hands_masks/Hand_0000002.png, which is taken"
    ]
    assert problems[0].action == "noted"


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


def test_a_hand_without_a_mask_comes_too(tmp_path: Path) -> None:
    add_hand(tmp_path, 1, b"x", b"x")
    add_hand_info(tmp_path, [])
    write(tmp_path / "11k-hands/Hands/Hand_0000003.jpg", b"x")
    hands, problems = read(tmp_path)
    assert [hand.mask is None for hand in hands] == [False, True] and problems == []


def test_no_mask_folder_is_no_fault_and_no_photographs_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a/11k-hands/Hands/Hand_0000003.jpg", b"x")
    add_hand_info(tmp_path / "a", [])
    hands, problems = read(tmp_path / "a")
    assert len(hands) == 1 and problems == []
    add_hand_info(tmp_path / "b", [])
    assert [str(problem) for problem in read(tmp_path / "b")[1]] == [
        "11k-hands/Hands: expected a folder of photographs, got no such folder"
    ]


def many(raw: Path, count: int, masked: int) -> None:
    rows: list[dict[str, object]] = []
    for number in range(count):
        write(raw / f"11k-hands/Hands/Hand_{number:07d}.jpg", b"x")
        skin = ("very fair", "fair", "fair", "fair", "medium", "dark")[number // 9 % 6]
        rows.append({"imageName": f"Hand_{number:07d}.jpg", "skinColor": skin, "id": number // 9})
    for number in range(masked):
        write(raw / f"11k-hands_masks/Hand_{number:07d}.png", b"x")
    add_hand_info(raw, rows)


def test_of_many_hands_those_with_masks_and_others_up_to_200_are_taken(tmp_path: Path) -> None:
    many(tmp_path, 1000, 20)
    hands, problems = read(tmp_path)
    train = [hand for hand in hands if hand.origin.split is None]
    test = [hand for hand in hands if hand.origin.split == "test"]
    assert len(train) == 200 and [hand.mask is not None for hand in train] == [True] * 20 + [False] * 180
    assert Counter(hand.skin for hand in train[20:]) == dict.fromkeys(SKINS, 45)
    assert sorted(Counter(hand.skin for hand in test).items()) == [
        ("dark", 12),
        ("fair", 13),
        ("medium", 12),
        ("very fair", 13),
    ]
    assert {hand.subject for hand in train}.isdisjoint(hand.subject for hand in test)
    assert [str(problem) for problem in problems] == [
        "11k-hands/Hands: expected 200 hands, or masks for more, or 11k-hands/11k_hands_sample.txt that names "
        "them, got 1000; 20 with a mask are taken and 180 others, evenly by skin, and 50 of other subjects to test on"
    ]
    assert [problem.action for problem in problems] == ["noted"]


def test_another_number_is_taken_when_asked_for_and_nobody_is_held_out_when_not_wanted(
    tmp_path: Path,
) -> None:
    many(tmp_path, 500, 0)
    hands = list(read_hands(tmp_path, lambda problem: None, count=40))
    assert Counter(hand.origin.split for hand in hands) == {None: 40, "test": 10}
    assert Counter(hand.skin for hand in hands if hand.origin.split is None) == dict.fromkeys(SKINS, 10)
    hands = list(read_hands(tmp_path, lambda problem: None, count=40, hold_out=False))
    assert Counter(hand.origin.split for hand in hands) == {None: 40}


def test_where_all_are_taken_a_fifth_of_the_subjects_of_every_tone_is_tested_on(tmp_path: Path) -> None:
    many(tmp_path, 180, 0)
    hands, problems = read(tmp_path)
    assert len(hands) == 180 and problems == []
    test = [hand for hand in hands if hand.origin.split == "test"]
    assert {hand.skin for hand in test} == {hand.skin for hand in hands if hand not in test} == set(SKINS)
    assert len({hand.subject for hand in test}) == 5
    assert {hand.origin.person for hand in hands} == {f"11k:{number}" for number in range(20)}


def test_few_known_subjects_hold_nobody_out(tmp_path: Path) -> None:
    many(tmp_path, 81, 0)
    assert {hand.origin.split for hand in read(tmp_path)[0]} == {None}


def test_what_the_side_car_says_of_a_subject_decides(tmp_path: Path) -> None:
    many(tmp_path, 180, 0)
    chosen = min(int(hand.subject) for hand in read(tmp_path)[0] if hand.origin.split == "test")
    file = f"Hands/Hand_{9 * chosen:07d}.jpg"
    add_sidecar(tmp_path / "11k-hands", {"file": file, "split": "train", "person": "me"})
    own = [hand for hand in read(tmp_path)[0] if hand.subject == str(chosen)]
    assert {hand.origin.split for hand in own} == {"train", None}
    assert [hand.origin.person for hand in own[:2]] == ["me", f"11k:{chosen}"]


def test_masks_for_more_than_200_are_all_used_without_a_word(tmp_path: Path) -> None:
    many(tmp_path, 210, 210)
    hands, problems = read(tmp_path)
    assert len(hands) == 210 and problems == []


def test_the_published_list_decides(tmp_path: Path) -> None:
    many(tmp_path, 300, 20)
    write(
        tmp_path / "11k-hands/11k_hands_sample.txt", b"Hand_0000250.jpg\nHand_0000003.jpg\nHand_0000999.jpg\n"
    )
    hands, problems = read(tmp_path)
    assert [hand.image.stem for hand in hands] == ["Hand_0000003", "Hand_0000250"]
    assert [str(problem) for problem in problems] == [
        "11k-hands/11k_hands_sample.txt: expected photographs in 11k-hands/Hands, "
        "got 1 name without a photograph (Hand_0000999.jpg); correct or remove them"
    ]


def test_all_that_the_list_names_is_trained_on_and_a_quarter_as_many_of_others_tested_on(
    tmp_path: Path,
) -> None:
    many(tmp_path, 300, 0)
    names = [f"Hand_{number:07d}" for number in range(0, 200, 5)]
    write(tmp_path / "11k-hands/11k_hands_sample.txt", "\n".join(names).encode())
    hands, problems = read(tmp_path)
    train = [hand for hand in hands if hand.origin.split is None]
    assert [hand.image.stem for hand in train] == names and problems == []
    test = [hand for hand in hands if hand.origin.split == "test"]
    assert len(test) == 10 and {hand.subject for hand in test}.isdisjoint(hand.subject for hand in train)


def test_subject_and_flags_are_read(tmp_path: Path) -> None:
    for number in (1, 2):
        add_hand(tmp_path, number, b"x", b"x")
    row = {"imageName": "Hand_0000001.jpg", "id": "17", "accessories": 1, "irregularities": 0}
    add_hand_info(tmp_path, [row, {"imageName": "Hand_0000002.jpg"}])
    first, second = read(tmp_path)[0]
    assert (first.subject, first.accessories, first.irregularities) == ("17", True, False)
    assert (second.subject, second.accessories, second.irregularities) == ("", None, None)


def test_a_value_that_the_download_does_not_state_is_told_once(tmp_path: Path) -> None:
    for number in (1, 2):
        add_hand(tmp_path, number, b"x", b"x")
    rows = [
        {"imageName": f"Hand_000000{at}.jpg", "skinColor": "Olive", "aspectOfHand": "Dorsal  Left"}
        for at in (1, 2)
    ]
    add_hand_info(tmp_path, rows)
    hands, problems = read(tmp_path)
    assert [(hand.skin, hand.aspect) for hand in hands] == [("", "dorsal left")] * 2
    assert [str(problem) for problem in problems] == [
        "11k-hands/HandInfo.csv: expected skinColor among very fair, fair, medium, dark, got 'olive', which counts as unknown"
    ]


@pytest.mark.parametrize(
    ("table", "got"),
    [
        (None, "no such file"),
        (b"id,name\n1,Hand_0000001.jpg\n", "columns id, name"),
        (b"", "columns none"),
        (b"imageName\nHand_\xff.jpg\n", "another encoding (0xff"),
    ],
)
def test_hands_do_without_a_table_that_cannot_be_read(tmp_path: Path, table: bytes | None, got: str) -> None:
    add_hand(tmp_path, 1, b"x", b"x")
    if table is not None:
        write(tmp_path / "11k-hands/HandInfo.csv", table)
    hands, problems = read(tmp_path)
    assert [(hand.aspect, hand.skin) for hand in hands] == [("", "")]
    assert [problem.action for problem in problems] == ["noted" if table is None else "refused"]
    assert str(problems[0]).startswith(
        "11k-hands/HandInfo.csv: expected the table of the download, with imageName, got "
    )
    assert got in problems[0].got and problems[0].got.endswith("; persons, sides and skin tones are unknown")


@pytest.mark.parametrize("place", ["11k-hands_masks", "11k-hands_mask", "hand_sample_mask"])
def test_the_list_may_lie_in_every_folder_of_masks_and_a_second_one_is_refused(
    tmp_path: Path, place: str
) -> None:
    many(tmp_path, 4, 2)
    write(tmp_path / place / "11k_hands_sample.txt", b"Hand_0000002.jpg\n")
    hands, problems = read(tmp_path)
    assert [hand.image.stem for hand in hands] == ["Hand_0000002"] and problems == []
    write(tmp_path / "11k-hands/11k_hands_sample.txt", b"Hand_0000003.jpg\n")
    hands, problems = read(tmp_path)
    assert [hand.image.stem for hand in hands] == ["Hand_0000003"]
    assert [str(problem) for problem in problems] == [
        f"{place}/11k_hands_sample.txt: expected one 11k_hands_sample.txt, "
        "got 11k-hands/11k_hands_sample.txt too, which is used"
    ]
