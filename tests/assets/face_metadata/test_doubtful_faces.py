from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.doubtful_faces import Doubt, doubtful_faces, doubts_of, doubts_of_unread
from assets.face_metadata.partition import partition_of
from assets.problems import Problem
from assets.text.name_list import NameList
from tests.raw_trees import FACES, IMAGES, write


def groups(raw: Path, **lists: str) -> tuple[dict[str, str], list[str]]:
    """The groups of faces 0 to 3, by lists whose names have dashes, and the refused findings."""
    for number in range(4):
        write(raw / FACES / IMAGES / f"{number}.jpg", b"x")
    for name, text in lists.items():
        write(raw / f"{FACES}-{name.replace('_', '-')}.txt", text.encode())
    problems: list[Problem] = []
    found = partition_of(raw, problems.append).groups
    refused = [str(problem) for problem in problems if problem.action == "refused"]
    return {face[-1]: group.name for face, group in sorted(found.items())}, refused


TRAIN = "0.jpg\n1.jpg\n"


@pytest.mark.parametrize("line", ['"0.jpg', "0.jpg,", "0.jpg 0.93", "CelebA-HQ-img\\0.jpg", "0.jpg\ttest"])
def test_a_slip_in_a_line_does_not_lose_the_test_mark(tmp_path: Path, line: str) -> None:
    found, refused = groups(tmp_path, WO_test=f"{line}\n", WO_train=TRAIN)
    assert found == {"0": "WO-test", "1": "WO-train"} and refused == []


def test_a_line_that_can_mean_two_faces_keeps_both_out_of_training(tmp_path: Path) -> None:
    found, refused = groups(tmp_path, WO_test="0 1\n2.jpg\n", WO_train=TRAIN)
    assert found == {"0": "excluded", "1": "excluded", "2": "WO-test"}
    assert refused == [
        f"{FACES}-WO-test.txt: expected one name a line, got others: 1 (line 1); "
        "2 (00000, 00001) may be meant and are kept out of training"
    ]


def test_a_line_that_tells_no_face_keeps_out_all_that_no_list_names(tmp_path: Path) -> None:
    found, (refused,) = groups(tmp_path, WO_test="\ufffd\n", WO_train=TRAIN)
    assert found == {"0": "WO-train", "1": "WO-train", "2": "excluded", "3": "excluded"}
    assert refused.endswith("2 (00002, 00003) may be meant and are kept out of training")
    assert groups(tmp_path, WO_test="#", WO_train=f"{TRAIN}\ufffd\n")[0].keys() == {"0", "1"}


@pytest.mark.parametrize(
    ("text", "kept_out"),
    [
        ('["0.jpg", "1.jpg"]\n', "01"),
        ('[\n "0.jpg": 7\n]\n', "0"),
        ("0-1\n", "01"),
        ("d41d8cd98f00b204e9800998ecf8427e *0.jpg\n", "0"),
        ("0.jpg: test\n1: test\n", "01"),
        ("(0.jpg)\n", "0"),
        ("00000_skin.png\n", "0"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "23"),
        ("<html><body>404 Not Found</body></html>\n", "23"),
        ("404: Not Found\n", "23"),
    ],
)
def test_a_list_that_is_none_keeps_out_the_faces_in_it_or_all_that_no_list_names(
    tmp_path: Path, text: str, kept_out: str
) -> None:
    found, refused = groups(tmp_path, WO_test=text, WO_train=TRAIN)
    assert "".join(face for face, group in found.items() if group == "excluded") == kept_out
    assert len(refused) == 1 and "kept out of training" in refused[0]


@pytest.mark.parametrize("name", ["WO_test", "O_test", "excluded", "WO_tst"])
def test_an_empty_list_of_faces_to_test_on_says_nothing_of_itself(tmp_path: Path, name: str) -> None:
    found, refused = groups(tmp_path, **{name: " \n", "WO_train": TRAIN})
    assert found == {"0": "WO-train", "1": "WO-train", "2": "excluded", "3": "excluded"}
    assert "2 (00002, 00003) may be meant and are kept out of training" in refused[-1]


def test_an_empty_list_is_named_and_a_comment_says_that_it_is_meant(tmp_path: Path) -> None:
    assert groups(tmp_path, O="", WO_train=TRAIN)[1] == [
        f"{FACES}-O.txt: expected one name a line, or a line with # if it has none, got an empty list"
    ]
    assert groups(tmp_path, WO_test="# no faces\n", O="# none", WO_train=TRAIN) == (
        {"0": "WO-train", "1": "WO-train"},
        [],
    )


@pytest.mark.parametrize("name", ["O", "WO_train"])
@pytest.mark.parametrize(
    "text", ["0.jpg test\n1.jpg train\n", "file,split\n0,Excluded\n1,train\n", "0.jpg: tst\n1\n"]
)
def test_a_face_that_a_list_to_train_on_marks_as_for_testing_is_kept_out(
    tmp_path: Path, name: str, text: str
) -> None:
    found, refused = groups(tmp_path, **{name: text})
    assert found == {"0": "excluded", "1": name.replace("_", "-")}
    assert refused[-1] == (
        f"{FACES}-{name.replace('_', '-')}.txt: expected faces to train on, got lines that may say "
        '"test" or "excluded"; 1 (00000) may be meant and are kept out of training'
    )


def test_a_verdict_does_not_bring_a_doubtful_face_to_training(tmp_path: Path) -> None:
    write(tmp_path / f"{FACES}-masks_corrected/verdicts.csv", b"file,verdict,who,date\n0,WO,,\n1,O,,\n")
    assert groups(tmp_path, WO_test="(0.jpg)\n")[0] == {"0": "excluded", "1": "O"}


def test_the_faces_of_a_misspelt_list_are_kept_out(tmp_path: Path) -> None:
    found, refused = groups(tmp_path, WO_tst="0.jpg\n", WO_train=TRAIN)
    assert found == {"0": "excluded", "1": "WO-train"}
    assert refused[1] == (
        f"{FACES}-WO-tst.txt: expected a list that is read, got one that may name faces to test on; "
        "1 (00000) may be meant and are kept out of training"
    )


def test_without_doubt_nothing_is_said(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert doubts_of(NameList(found=["a"], marked=["a"]), "x", trained=False) == []
    assert doubts_of_unread(tmp_path, {}, ()) == []
    doubt = Doubt(where="x", expected="names", got="others")
    assert doubtful_faces([doubt], (), ("a",), problems.append) == set()
    assert [problem.got for problem in problems] == ["others"]


@pytest.mark.parametrize(
    "place", [f"{FACES}/{IMAGES}", f"{FACES}/CelebAMask-HQ-mask-anno/0", "lists/of/mine"]
)
def test_the_faces_of_a_misplaced_list_are_kept_out(tmp_path: Path, place: str) -> None:
    write(tmp_path / place / f"{FACES}-WO-test.txt", b"0.jpg\n")
    write(tmp_path / place / f"{FACES}-WO-train.txt", b"1.jpg\n")
    found, refused = groups(tmp_path, O="2.jpg\n")
    assert found == {"0": "excluded", "2": "O"}
    right = f"expected a list of faces in {FACES}, got one in a place that is not read; move it to {FACES}/{FACES}"
    assert refused == [
        f"{place}/{FACES}-WO-test.txt: {right}-WO-test.txt; 1 (00000) may be meant and are kept out of training",
        f"{place}/{FACES}-WO-train.txt: {right}-WO-train.txt",
    ]


def test_other_texts_and_what_natocc_wrote_are_no_misplaced_lists(tmp_path: Path) -> None:
    for name in (f"{IMAGES}/notes.txt", f"bank/{FACES}-WO-test.txt", f"{IMAGES}/{FACES}-pose-anno.txt"):
        write(tmp_path / FACES / name, b"0.jpg\n")
    write(tmp_path / FACES / "bank/bank.json", b"{}")
    assert groups(tmp_path) == ({}, [])
