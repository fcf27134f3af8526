from __future__ import annotations

from pathlib import Path

from assets.face_metadata.attributes import ATTRIBUTES, read_attributes
from assets.problems import Problem
from tests.celeba_tables import attributes
from tests.raw_trees import FACES, write


def test_names_are_sorted_and_a_plus_sign_is_allowed(tmp_path: Path) -> None:
    text = attributes(("0.jpg", "Young Bald Male"), ("1.jpg", "")).replace(b" 1", b" +1")
    write(tmp_path / FACES / ATTRIBUTES, text)
    problems: list[Problem] = []
    table = read_attributes(tmp_path, tmp_path / FACES, problems.append)
    assert table is not None and table.rows == {"0": ("Bald", "Male", "Young"), "1": ()} and problems == []


def test_another_number_of_attributes_is_noted_and_the_table_used(tmp_path: Path) -> None:
    write(tmp_path / FACES / ATTRIBUTES, b"1\nfile Bald Male\n0.jpg -1 1\n")
    problems: list[Problem] = []
    table = read_attributes(tmp_path, tmp_path / FACES, problems.append)
    assert table is not None and table.rows == {"0": ("Male",)}
    assert [f"{problem.action} {problem}" for problem in problems] == [
        f"noted {FACES}/{ATTRIBUTES}: expected 40 attributes, got 2"
    ]
