from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.doubtful_faces import Doubt, doubt_of, doubtful_faces, doubtful_lists
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
    assert groups(tmp_path, WO_test="", WO_train=f"{TRAIN}\ufffd\n")[0].keys() == {"0", "1"}


def test_the_faces_of_a_misspelt_list_are_kept_out(tmp_path: Path) -> None:
    found, refused = groups(tmp_path, WO_tst="0.jpg\n", WO_train=TRAIN)
    assert found == {"0": "excluded", "1": "WO-train"}
    assert refused[1] == (
        f"{FACES}-WO-tst.txt: expected a list that is read, got one that may name faces to test on; "
        "1 (00000) are kept out of training"
    )


def test_without_doubt_nothing_is_said(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert doubt_of(NameList(found=["a"]), "x") is None
    assert doubtful_lists(tmp_path, {}, (), problems.append) == set()
    assert doubtful_faces([Doubt(where="x", lines="1 (line 1)")], (), ("a",), problems.append) == set()
    assert [problem.got for problem in problems] == ["others: 1 (line 1)"]
