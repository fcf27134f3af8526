from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.partition_lists import face_id_of, find_lists, may_hold_out, read_face_list
from assets.problems import Problem


def found_in(raw: Path, *names: str) -> tuple[dict[str, str], list[str]]:
    for name in names:
        (raw / name).parent.mkdir(exist_ok=True)
        (raw / name).touch()
    problems: list[Problem] = []
    found = find_lists(raw, problems.append)
    lists = {group: path.relative_to(raw).as_posix() for group, path in found.items()}
    return lists, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("CelebAMask-HQ-WO-train.txt", "WO-train"),
        ("celebamask-hq_wo_test.TXT", "WO-test"),
        ("CelebAMask-HQ-O.txt", "O"),
        ("CelebAMask-HQ-occluded-images.txt", "O"),
        ("CelebAMask-HQ-O-test.txt", "O-test"),
        ("CelebAMask-HQ-removed.txt", "excluded"),
        ("WOtrain_list.txt", "WO-train"),
        ("CelebAMask_HQ-WO-test.txt", "WO-test"),
        ("CelebAMaskHQ-WO-test.txt", "WO-test"),
        ("celebamask hq wo test.txt", "WO-test"),
        ("CelebA-Mask-HQ_WOtestset.txt", "WO-test"),
        ("O-test.txt", "O-test"),
    ],
)
def test_a_group_is_recognised_in_several_spellings(tmp_path: Path, name: str, group: str) -> None:
    assert found_in(tmp_path, name) == ({group: name}, [])


def test_a_file_without_the_name_of_the_dataset_is_no_list(tmp_path: Path) -> None:
    assert found_in(tmp_path, "o.txt", "excluded.txt", "notes.txt") == ({}, [])


def test_tables_of_the_dataset_are_no_lists_and_other_files_of_its_name_are_problems(tmp_path: Path) -> None:
    lists, problems = found_in(
        tmp_path, "CelebAMask-HQ/CelebAMask-HQ-pose-anno.txt", "CelebAMask-HQ-best-faces.txt"
    )
    assert lists == {} and len(problems) == 1
    assert problems[0].startswith("CelebAMask-HQ-best-faces.txt: expected a list of Voo et al.'s partition")


def test_a_second_list_of_a_group_is_a_problem(tmp_path: Path) -> None:
    first, second = "CelebAMask-HQ-O.txt", "CelebAMask-HQ/CelebAMask-HQ-O-train.txt"
    lists, problems = found_in(tmp_path, first, second)
    assert lists == {"O": first}
    assert problems == [f"{second}: expected one list O, got a second one beside {first}"]


def test_faces_are_read_with_or_without_folder_suffix_and_padding(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("\ufeff7.jpg\n\nCelebA-HQ-img/00008.png\n  9 \n", encoding="utf-8")
    names = read_face_list(path, "list.txt", {"00007", "00008"})
    assert (names.found, names.unmatched) == (["00007", "00008"], ["9"])
    assert face_id_of("images\\10.JPG") == "00010"


def test_a_list_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"^list.txt: expected text in UTF-8, got .*; fix or remove it$"):
        read_face_list(tmp_path / "list.txt", "list.txt", set())


def test_lists_that_may_hold_out_faces_are_known_by_a_word_or_as_second_ones(tmp_path: Path) -> None:
    names = ("CelebAMask-HQ-WO-test.csv", "CelebAMask-HQ-exclud.txt", "CelebAMask-HQ-best-faces.txt")
    second = "CelebAMask-HQ/CelebAMask-HQ-WO-test.txt"
    found_in(tmp_path, *names, "CelebAMask-HQ-WO_test.txt", second, "CelebAMask-HQ/CelebAMask-HQ-O.txt")
    found = may_hold_out(tmp_path, find_lists(tmp_path, lambda problem: None))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [names[0], names[1], second]


@pytest.mark.parametrize(
    "name",
    [
        "CelebAMask-HQ-WO-test.json",
        "CelebAMask_HQ-WO-test.md",
        "CelebAMask-HQ-testset.txt",
        "celebamask hq removd.tsv",
        "WO-tst.txt",
        "CelebAMask-HQ/O-test.md",
    ],
)
def test_a_list_that_is_not_read_is_named_and_may_hold_out_faces(tmp_path: Path, name: str) -> None:
    lists, (problem,) = found_in(tmp_path, name)
    assert lists == {} and problem.startswith(f"{name}: expected a list of Voo et al.'s partition")
    assert may_hold_out(tmp_path, {}) == [tmp_path / name]


@pytest.mark.parametrize(
    "name",
    [
        *("CelebAMask-HQ-README.md", "CelebAMask-HQ.zip", "CelebAMask-HQ-test.png", "two-tests.txt"),
        "CelebAMask-HQ-masks_corrected/0.png",
    ],
)
def test_papers_archives_and_pictures_are_no_lists(tmp_path: Path, name: str) -> None:
    assert found_in(tmp_path, name) == ({}, []) and may_hold_out(tmp_path, {}) == []


@pytest.mark.parametrize(
    "name",
    [
        "CelebAMask-HQ/celebamask-hq-attribute-anno.txt",
        "CelebAMask-HQ/CelebAMask-HQ-Attribute-Anno.TXT",
        "CelebAMask-HQ/CelebAMaskHQ_attribute_anno.csv",
        "CelebAMask-HQ-attribute-anno.txt",
        "CelebAMask-HQ-masks_corrected/CelebAMask-HQ-attribute-anno.txt",
    ],
)
def test_a_table_of_the_dataset_in_another_place_or_spelling_is_named(tmp_path: Path, name: str) -> None:
    assert found_in(tmp_path, name) == (
        {},
        [
            f"{name}: expected this table as CelebAMask-HQ/CelebAMask-HQ-attribute-anno.txt, "
            "got another name or place, so it is not read"
        ],
    )
    assert may_hold_out(tmp_path, {}) == []
