from __future__ import annotations

import pytest

from assets.problems import Problem
from assets.text.lines import bare_name
from assets.text.name_list import NameList, numbered_entries, read_names, report_names

KNOWN = {"0", "1", "2", "photo of me"}


def read(text: str) -> NameList[str]:
    return read_names(text, lambda name: bare if (bare := bare_name(name)) in KNOWN else None)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff0.jpg\r\n1.jpg\r\n",
        "00000.jpg\r1.JPG\r",
        "0\n1",
        "img/0.jpg\n..\\img\\1.jpg\n",
        '"0.jpg",\n\u00a01.jpg\t\n',
        "# faces\nfile\n0.jpg # the mayor\n\n1.jpg,\n",
        "0.jpg, 1.jpg",
        "0.jpg;1.jpg",
        "img/0.jpg masks/0.png\nimg/1.jpg masks/1.png\n",
        "0.jpg 1\n1.jpg 0\n",
        "0.jpg,0.83\n1.jpg,train\n",
        "12,0.jpg\n13,1.jpg\n",
        "0.jpg,img/1.jpg\n",
        "img/0.jpg img/1.jpg\n",
        "my faces/0.jpg\nmy faces/1\n",
        "0.0\n1.\n",
        "file,split\n0.jpg,test\n1.jpg,test\n",
        '[\n "0.jpg",\n "1.jpg"\n]\n',
    ],
)
def test_names_are_read_as_people_write_them(text: str) -> None:
    names = read(text)
    assert (names.found, names.unmatched, names.unclear.count) == (["0", "1"], [], 0)


def test_names_that_nothing_has_and_lines_that_can_mean_two_things_are_kept_apart() -> None:
    names = read("photo of me.jpg\nphoto of 7.jpg\n7.jpg\n8.jpg,1\n1 2\nphoto of 2.jpg\n?\n#9\n")
    assert names.found == ["photo of me"]
    assert names.unmatched == ["photo of 7.jpg", "7.jpg", "8.jpg"]
    assert str(names.unclear) == "3 (line 5, line 6, line 7)"
    assert (names.doubtful, names.lost, names.lines) == (["1", "2", "2"], 1, 7)


def test_names_without_a_picture_take_one_line_and_unclear_lines_another() -> None:
    problems: list[Problem] = []
    report_names(read("7.jpg\n8.jpg\n1 2\n"), "list.txt", "pictures in img", problems.append)
    assert [str(problem) for problem in problems] == [
        "list.txt: expected pictures in img, got 2 names without a photograph (7.jpg, 8.jpg); correct or remove them",
        "list.txt: expected one name a line, got others: 1 (line 3)",
    ]
    assert [problem.action for problem in problems] == ["unmatched", "refused"]


def test_entries_have_the_numbers_of_their_lines() -> None:
    assert list(numbered_entries("a\n\n# b\n c ;\n")) == [(1, "a"), (4, "c")]


@pytest.mark.parametrize(
    "line",
    [
        '["0.jpg", "1.jpg"]',
        '{"0": 7, "1": 8}',
        "0-1",
        "0..1",
        "(0.jpg) (1.jpg)",
        "0.jpg1.jpg",
        "0_mask.png 1_skin.png",
    ],
)
def test_no_name_of_an_unclear_line_is_lost(line: str) -> None:
    names = read(f"{line}\n")
    assert (names.found, names.unmatched, names.doubtful, names.lost) == ([], [], ["0", "1"], 0)


@pytest.mark.parametrize("line", ["<html>", "oid sha256:4d7a", "not found at all", "*.jpg", "[7, 8]"])
def test_a_line_of_no_name_is_not_one_name_that_nothing_has(line: str) -> None:
    names = read(f"{line}\n")
    assert (names.found, names.unmatched, names.lost) == ([], [], 1)


@pytest.mark.parametrize("line", ["7", "7,train", "7 0.93", "x/gone.png", "gone", "photo (7).jpg"])
def test_a_name_that_nothing_has_keeps_its_text(line: str) -> None:
    names = read(f"{line}\n")
    assert (names.found, names.unmatched, names.lost) == ([], [line], 0)


def test_columns_may_mark_names_as_for_testing() -> None:
    names = read("0.jpg,test\n1 train\n2.jpg: Excluded\n")
    assert (names.found, names.doubtful, names.marked) == (["0", "1"], ["2"], ["0", "2"])


@pytest.mark.parametrize(
    ("text", "nothing"), [("", True), (" \n[]\n", True), ("# none\n", False), ("0", False)]
)
def test_only_a_list_without_a_line_says_nothing(text: str, nothing: bool) -> None:
    assert read(text).says_nothing is nothing
