from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata import partition
from assets.face_metadata.partition import GROUPS, TABLE_2, Partition, partition_of
from assets.face_metadata.partition_lists import CELEBAMASK_FOLDER
from assets.problems import Problem
from assets.records import Origin
from tests.raw_trees import IMAGES, write

VERDICTS = "CelebAMask-HQ-masks_corrected/verdicts.csv"
LISTS = {"WO-train": "0 1 2 3", "WO-test": "4 5", "O": "6 7", "excluded": "8"}


def tree(raw: Path, *names: str) -> None:
    for name in names or [str(number) for number in range(9)]:
        write(raw / CELEBAMASK_FOLDER / IMAGES / f"{name}.jpg", b"x")


def put(raw: Path, group: str, numbers: str, folder: str = "") -> Path:
    lines = "".join(f"{number}.jpg\n" for number in numbers.split())
    return write(raw / folder / f"{CELEBAMASK_FOLDER}-{group}.txt", lines.encode())


def read(raw: Path) -> tuple[dict[str, str], list[str]]:
    problems: list[Problem] = []
    groups = partition_of(raw, problems.append).groups
    found = {face.lstrip("0") or "0": group.name for face, group in sorted(groups.items())}
    return found, [str(problem) for problem in problems]


def listed(lists: dict[str, str]) -> dict[str, str]:
    return {number: group for group, numbers in lists.items() for number in numbers.split()}


@pytest.mark.parametrize("folder", ["", CELEBAMASK_FOLDER, "CelebAMask-HQ-masks_corrected"])
def test_the_four_lists_give_every_face_its_part(tmp_path: Path, folder: str) -> None:
    tree(tmp_path)
    for group, numbers in LISTS.items():
        put(tmp_path, group, numbers, folder)
    assert read(tmp_path) == (listed(LISTS), [])


def test_without_lists_and_verdicts_nothing_is_known(tmp_path: Path) -> None:
    tree(tmp_path)
    write(tmp_path / CELEBAMASK_FOLDER / "CelebAMask-HQ-attribute-anno.txt", b"30000\n")
    write(tmp_path / CELEBAMASK_FOLDER / "CelebAMask-HQ-pose-anno.txt", b"30000\n")
    write(tmp_path / CELEBAMASK_FOLDER / "CelebA-HQ-to-CelebA-mapping.txt", b"idx\n")
    write(tmp_path / CELEBAMASK_FOLDER / "README.txt", b"x")
    assert read(tmp_path) == ({}, [])
    assert read(tmp_path / "nowhere") == ({}, [])


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("CelebAMask-HQ-WO-train.txt", "WO-train"),
        ("celebamask-hq_wo_TRAIN.TXT", "WO-train"),
        ("CelebAMask-HQ-WO-Train_img.txt", "WO-train"),
        ("CelebAMask-HQ-WOtest.txt", "WO-test"),
        ("WO-test.txt", "WO-test"),
        ("CelebAMask-HQ-WO-test-list.txt", "WO-test"),
        ("CelebAMask-HQ-O.txt", "O"),
        ("CelebAMask-HQ-O-train.txt", "O"),
        ("CelebAMask-HQ-occluded.txt", "O"),
        ("CelebAMask-HQ-O-test.txt", "O-test"),
        ("CelebAMask-HQ-exclude.txt", "excluded"),
        ("CelebAMask-HQ-Removed.txt", "excluded"),
    ],
)
def test_lists_are_known_by_several_names(tmp_path: Path, name: str, group: str) -> None:
    tree(tmp_path, "0")
    write(tmp_path / name, b"0.jpg\n")
    assert read(tmp_path)[0] == {"0": group}


def test_another_list_of_the_dataset_is_named_and_not_read(tmp_path: Path) -> None:
    tree(tmp_path, "0")
    for name in ("CelebAMask-HQ-train.txt", "CelebAMask-HQ-WO.txt", "removed.txt", "notes.txt"):
        write(tmp_path / name, b"0.jpg\n")
    groups, problems = read(tmp_path)
    accepted = (
        "a list of Voo et al.'s partition (CelebAMask-HQ-WO-train.txt, CelebAMask-HQ-WO-test.txt, "
        "CelebAMask-HQ-O.txt, CelebAMask-HQ-excluded.txt, CelebAMask-HQ-removed.txt)"
    )
    assert groups == {}
    assert problems == [
        f"CelebAMask-HQ-{name}.txt: expected {accepted}, got another name, so it is not read"
        for name in ("WO", "train")
    ]


def test_names_may_be_padded_bare_and_from_any_system(tmp_path: Path) -> None:
    tree(tmp_path, "1", "2", "3", "4", "my photo.v2", "5")
    text = "\ufeff00001.jpg\r\n2\r\n\r\n  3.JPG \nCelebA-HQ-img/4.jpg\nmy photo.v2.jpg\n5"
    write(tmp_path / f"{CELEBAMASK_FOLDER}-WO-train.txt", text.encode())
    assert len(read(tmp_path)[0]) == 6


def test_missing_and_surplus_faces_of_the_lists_take_one_line_each(tmp_path: Path) -> None:
    tree(tmp_path)
    put(tmp_path, "WO-train", "0 1 2 3 4 8 3 3")
    put(tmp_path, "WO-test", "4 5 40 41")
    put(tmp_path, "O", "6")
    put(tmp_path, "excluded", "8")
    groups, problems = read(tmp_path)
    assert groups == listed(LISTS | {"O": "6"})
    assert problems == [
        f"{CELEBAMASK_FOLDER}-WO-test.txt: expected faces of {CELEBAMASK_FOLDER}/{IMAGES}, got 2 names without a photograph (40.jpg, 41.jpg); correct or remove them",
        f"{CELEBAMASK_FOLDER}-WO-train.txt: expected every face once, got 1 more than once, the first 00003",
        f"{CELEBAMASK_FOLDER}-WO-train.txt: expected faces that no other list names, got 1 of WO-test, where they stay, the first 00004",
        f"{CELEBAMASK_FOLDER}-WO-train.txt: expected faces that no other list names, got 1 of excluded, where they stay, the first 00008",
        f"{CELEBAMASK_FOLDER}-O.txt: expected every face in one of the lists, got 1 in none, of unknown group and so for training, the first 00007",
    ]


def test_one_list_alone_says_what_is_unknown(tmp_path: Path) -> None:
    tree(tmp_path)
    put(tmp_path, "WO-train", "0 1 2 3", CELEBAMASK_FOLDER)
    groups, problems = read(tmp_path)
    assert groups == listed({"WO-train": "0 1 2 3"})
    assert problems == [
        f"{CELEBAMASK_FOLDER}/{CELEBAMASK_FOLDER}-WO-train.txt: expected lists of WO-test, O, excluded too, got none; 5 in none, "
        "of unknown group and so for training, the first 00004"
    ]


def test_a_second_list_of_a_part_is_named(tmp_path: Path) -> None:
    tree(tmp_path, "0")
    for group in LISTS:
        put(tmp_path, group, "0" if group == "O" else "#")
    put(tmp_path, "occluded", "0", CELEBAMASK_FOLDER)
    assert read(tmp_path)[1] == [
        f"{CELEBAMASK_FOLDER}/{CELEBAMASK_FOLDER}-occluded.txt: expected one list O, got a second one beside {CELEBAMASK_FOLDER}-O.txt"
    ]


def test_the_published_number_of_faces_is_compared_with_table_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sum(TABLE_2.values()) == 30002 and partition.PUBLISHED_FACES == 30000
    monkeypatch.setattr(partition, "PUBLISHED_FACES", 9)
    monkeypatch.setattr(partition, "TABLE_2", {"WO-train": 5, "WO-test": 4, "O": 2, "excluded": 1})
    tree(tmp_path)
    for group, numbers in LISTS.items():
        put(tmp_path, group, numbers)
    expected = f"{CELEBAMASK_FOLDER}-WO-test.txt: expected 4 faces, as published, got 2"
    assert read(tmp_path)[1] == [expected], "one face more or less is no fault"
    for number in range(3):
        (tmp_path / CELEBAMASK_FOLDER / IMAGES / f"{number}.jpg").unlink()
    assert expected not in read(tmp_path)[1], "a selection by the user has no published number"


@pytest.mark.parametrize("data", [b"0.jpg\n\xff\xfe", "0.jpg".encode("utf-16")])
def test_a_list_that_is_no_text_stops_everything(tmp_path: Path, data: bytes) -> None:
    tree(tmp_path)
    write(tmp_path / f"{CELEBAMASK_FOLDER}-WO-test.txt", data)
    with pytest.raises(
        ValueError, match=f"^{CELEBAMASK_FOLDER}-WO-test.txt: expected text in UTF-8, got .*fix or remove"
    ):
        read(tmp_path)


def verdicts(raw: Path, *rows: str, header: str = "file,verdict,who,date") -> None:
    write(raw / VERDICTS, "\n".join((header, *rows)).encode())


def test_verdicts_alone_are_used(tmp_path: Path) -> None:
    tree(tmp_path)
    verdicts(tmp_path, "0.jpg,WO,ada,2024-05-01", "1.jpg,O,ada,2024-05-01", "2.jpg,excluded,,")
    assert read(tmp_path) == ({"0": "WO-train", "1": "O", "2": "excluded"}, [])


def test_verdicts_go_before_the_lists_and_a_test_face_stays_one(tmp_path: Path) -> None:
    tree(tmp_path)
    for group, numbers in LISTS.items():
        put(tmp_path, group, numbers)
    verdicts(tmp_path, "0,O,,", "1,WO,,", "4,O,,", "5,excluded,,", "6,WO,,", "8,WO,,", "3,O,,")
    changed = {"0": "O", "4": "O-test", "5": "excluded", "6": "WO-train", "8": "WO-train", "3": "O"}
    groups, problems = read(tmp_path)
    assert groups == listed(LISTS) | changed
    assert problems == [
        f"{VERDICTS}: expected what the lists say, got another verdict on 6, which counts, the first 00000",
    ]


def test_a_verdict_on_a_face_that_is_not_there_is_named(tmp_path: Path) -> None:
    tree(tmp_path)
    verdicts(tmp_path, "99.jpg,O,,", "0.jpg,O,,")
    groups, problems = read(tmp_path)
    assert groups == {"0": "O"}
    assert problems == [
        f"{VERDICTS}: expected faces of {CELEBAMASK_FOLDER}/{IMAGES}, got 1 row without a photograph (00099); correct or remove them"
    ]


@pytest.mark.parametrize("rows", [("0.jpg,occluded,ada,",), ("1.jpg",)])
def test_a_verdict_that_cannot_be_read_stops_everything(tmp_path: Path, rows: tuple[str, ...]) -> None:
    tree(tmp_path)
    verdicts(tmp_path, *rows)
    with pytest.raises(ValueError, match=r"verdicts\.csv:2: expected"):
        read(tmp_path)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_gives_subset_and_split_and_the_side_car_goes_before_all_but_exclusion(group: object) -> None:
    whole = Partition(groups={"00000": group})  # type: ignore[dict-item]
    plain = Origin(dataset="d", photo="", licence="l")
    given = whole.origin("00000", plain)
    assert (given.subset, given.split) == tuple(group)[1:]  # type: ignore[call-overload]
    assert whole.origin("00001", plain) == plain
    stated = Origin(dataset="d", photo="", licence="l", split="test")
    excluded = "excluded" in tuple(group)  # type: ignore[call-overload]
    assert whole.origin("00000", stated).split == ("excluded" if excluded else "test")
