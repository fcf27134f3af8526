from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.celeba import MAPPING, official_split, read_identities
from assets.problems import Problem
from tests.celeba_tables import faces_of, mapping
from tests.raw_trees import FACES, IMAGES, add_sidecar, write


def test_the_publishers_split_has_its_published_sizes() -> None:
    """30,000 numbers, as many of each part of CelebA as CelebA-HQ has, both ends of each part among them."""
    numbers = [*range(24_182), 162_770, *range(162_771, 165_763), 182_637, *range(182_638, 185_461), 202_598]
    assert len(numbers) == 30_000
    splits = [official_split(number) for number in numbers]
    assert [splits.count(name) for name in ("train", "val", "test")] == [24_183, 2_993, 2_824]


@pytest.mark.parametrize("place", [FACES, "CelebA", "CelebA/Anno"])
def test_identities_make_persons_where_the_side_car_names_none(tmp_path: Path, place: str) -> None:
    write(tmp_path / FACES / MAPPING, mapping((0, 0), (1, 1), (2, 2), header=False))
    write(tmp_path / place / "identity_CelebA.txt", b"000001.jpg 2880\n000002.jpg 2937\n000003.jpg 2880\n")
    add_sidecar(tmp_path / FACES, {"file": f"{IMAGES}/1.jpg", "person": "ada"})
    faces, problems = faces_of(tmp_path, "0", "1", "2")
    assert [face.origin.person for face in faces] == ["celeba:2880", "ada", "celeba:2880"]
    assert problems == []


def test_identities_need_the_mapping_and_are_reported_where_they_lack(tmp_path: Path) -> None:
    write(
        tmp_path / "CelebA/identity_CelebA.txt", b"000001.jpg 2880\n000009.jpg none of these\n000002.jpg 4\n"
    )
    assert faces_of(tmp_path, "0")[1] == [
        "refused CelebA/identity_CelebA.txt: expected CelebA-HQ-to-CelebA-mapping.txt, "
        "which says whose photograph is which, got none; no person is known"
    ]
    write(tmp_path / FACES / MAPPING, mapping((0, 0), (1, 5)))
    write(tmp_path / FACES / "identity_CelebA.txt", b"000001.jpg 7\n")
    faces, problems = faces_of(tmp_path, "0", "1")
    assert [face.origin.person for face in faces] == ["celeba:7", None]
    assert problems == [
        f"noted CelebA/identity_CelebA.txt: expected one such table, got {FACES}/identity_CelebA.txt too, which is used",
        f"noted {FACES}/identity_CelebA.txt: expected the identity of each face that is mapped, got none for 1 (000006.jpg)",
    ]


def test_faces_of_one_number_and_numbers_beyond_celeba_are_refused(tmp_path: Path) -> None:
    rows = mapping((0, 5), (1, 5), (2, 202_598), (3, 202_599))
    write(tmp_path / FACES / MAPPING, rows)
    faces, problems = faces_of(tmp_path, "0", "1", "2", "3")
    assert ["celeba" in face.metadata for face in faces] == [False, False, True, False]
    where = f"refused {FACES}/{MAPPING}: expected"
    assert problems[:2] == [
        f"{where} numbers of CelebA, from 0 to 202598, got 3 202599 202600.jpg and the like: 1 (line 5)",
        f"{where} a number of CelebA for each face, got one of several for 2 (0, 1), whose rows are not used",
    ]


def test_faces_may_have_a_decimal_point(tmp_path: Path) -> None:
    write(tmp_path / FACES / MAPPING, b"0.0 5.0 000006.jpg\n1.0 6 000007.jpg\n")
    faces, problems = faces_of(tmp_path, "0", "1")
    assert [face.metadata["celeba"] for face in faces] == [
        {"orig_idx": 5, "orig_file": "000006.jpg"},
        {"orig_idx": 6, "orig_file": "000007.jpg"},
    ]
    assert problems == []


@pytest.mark.parametrize("place", ["CelebA/identity_CelebA.csv", "CelebA/Anno/Identity_CelebA"])
def test_identities_with_another_suffix_are_named(tmp_path: Path, place: str) -> None:
    write(tmp_path / place, b"000006.jpg 7\n")
    problems: list[Problem] = []
    assert read_identities(tmp_path, None, problems.append) is None
    name = place.rpartition("/")[2]
    assert [str(problem) for problem in problems] == [
        f"{place}: expected identity_CelebA.txt, got {name}, which is not read; rename it"
    ]
