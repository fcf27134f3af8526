from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.misplaced import check_sidecars, misplaced_files
from tests.raw_trees import whole_tree, write

IMAGES = "CelebAMask-HQ/CelebA-HQ-img"


def found(raw: Path) -> dict[str, str]:
    return {problem.path: problem.got for problem in misplaced_files(raw)}


def test_of_a_tree_as_it_should_be_nothing_is_misplaced(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    write(tmp_path / "dtd/labels/train1.txt", b"x")
    write(tmp_path / "CelebA/Anno/identity_CelebA.txt", b"x")
    assert found(tmp_path) == {}


@pytest.mark.parametrize(
    ("place", "right"),
    [
        (f"{IMAGES}/CelebAMask-HQ-pose-anno.txt", "CelebAMask-HQ/CelebAMask-HQ-pose-anno.txt"),
        ("tables/CelebA-HQ-to-CelebA-mapping.txt", "CelebAMask-HQ/CelebA-HQ-to-CelebA-mapping.txt"),
        ("HandInfo.csv", "11k-hands/HandInfo.csv"),
        ("11k-hands/Hands/HandInfo.csv", "11k-hands/HandInfo.csv"),
        ("11k-hands/lists/11k_hands_sample.txt", "11k-hands/11k_hands_sample.txt"),
        ("COCO/instances_mine.json", "COCO/annotations/instances_mine.json"),
        ("dtd/images/train1.txt", "dtd/labels/train1.txt"),
        ("RealOcc/image/val.txt", "RealOcc/split/val.txt"),
        ("CelebAMask-HQ/deep/er/verdicts.csv", "CelebAMask-HQ-masks_corrected/verdicts.csv"),
        (f"{IMAGES}/defects.csv", "CelebAMask-HQ/defects.csv"),
        ("dtd/images/pitted/natocc.csv", "dtd/natocc.csv"),
        ("elsewhere/natocc.csv", "the folder of its dataset"),
    ],
)
def test_a_known_name_anywhere_is_refused_with_the_right_place(
    tmp_path: Path, place: str, right: str
) -> None:
    write(tmp_path / place, b"x")
    assert found(tmp_path) == {place: f"one in a place that is not read; move it to {right}"}


def test_where_one_is_in_its_place_the_other_is_to_be_taken_out(tmp_path: Path) -> None:
    write(tmp_path / "11k-hands/HandInfo.csv", b"x")
    write(tmp_path / "11k-hands/Hands/HandInfo.csv", b"x")
    assert found(tmp_path)["11k-hands/Hands/HandInfo.csv"].endswith(
        "; 11k-hands/HandInfo.csv is read; take this one out"
    )


def test_whole_trees_elsewhere_banks_and_other_names_are_passed_over(tmp_path: Path) -> None:
    for name in ("backup/CelebAMask-HQ/natocc.csv", "backup/11k-hands/HandInfo.csv", "backup/val.txt"):
        write(tmp_path / name, b"x")
    for name in ("bank/bank.json", "bank/natocc.csv", "lists/train1.txt", ".git/HandInfo.csv"):
        write(tmp_path / name, b"x")
    assert found(tmp_path) == {}


@pytest.mark.parametrize(
    "place", ["dtd/images/natocc.csv", "CelebAMask-HQ/CelebAMask-HQ-mask-anno/natocc.csv"]
)
def test_a_side_car_deep_in_a_dataset_stops_where_the_dataset_has_none(tmp_path: Path, place: str) -> None:
    write(tmp_path / place, b"file,split\n")
    home = place.partition("/")[0]
    with pytest.raises(ValueError, match=f"^{home}/natocc.csv: .* {place}, .* move it to {home}/natocc.csv$"):
        check_sidecars(tmp_path)
    write(tmp_path / home / "natocc.csv", b"file,split\n")
    check_sidecars(tmp_path)
