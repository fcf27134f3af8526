from __future__ import annotations

from pathlib import Path

from tasks.census.problems import count_problems, misplaced
from tests.raw_trees import add_texture, whole_tree, write


def test_counts_that_no_reader_checks_are_reported(tmp_path: Path) -> None:
    for name, count in (("RealOcc", 549), ("RealOcc-Wild", 269), ("CelebAMask-HQ-masks_corrected", 9)):
        for number in range(count):
            write(tmp_path / name / ("" if "masks" in name else "image") / f"{number}.png", b"x")
    add_texture(tmp_path, "banded", "banded_0001.jpg", b"x")
    (tmp_path / "dtd/images/empty").mkdir()
    assert [f"{problem.action} {problem}" for problem in count_problems(tmp_path)] == [
        "noted RealOcc/image: expected 550 pictures, as published, got 549"
    ]


def test_a_sound_tree_has_no_problem(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    assert [*count_problems(tmp_path), *misplaced(tmp_path)] == []


def test_a_folder_near_its_place_is_a_problem_unless_its_reader_reports_it(tmp_path: Path) -> None:
    write(tmp_path / "DTD/images/banded/banded_0001.jpg", b"x")
    write(tmp_path / "realocc/image/1.jpg", b"x")
    assert [f"{problem.action} {problem}" for problem in misplaced(tmp_path)] == [
        "refused dtd/images: expected this folder, got none; found as DTD/images; rename it to dtd/images",
        "refused RealOcc/image: expected this folder, got none; found as realocc/image; rename it to RealOcc/image",
    ]
