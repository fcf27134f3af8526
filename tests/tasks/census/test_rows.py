from __future__ import annotations

from pathlib import Path

from assets.datasets.published import PUBLISHED
from tasks.census.rows import census_row, user_annotation_rows
from tests.raw_trees import write

DTD = next(published for published in PUBLISHED if published.name == "DTD")


def test_what_is_not_there_has_no_row(tmp_path: Path) -> None:
    assert census_row(DTD, tmp_path) is None


def test_a_folder_above_the_raw_folder_is_named_in_full(tmp_path: Path) -> None:
    write(tmp_path / "dtd/images/banded/banded_0001.jpg", b"x")
    row = census_row(DTD, tmp_path / "dtd/images")
    assert row is not None and row.folder == (tmp_path / "dtd/images").as_posix()
    inside = census_row(DTD, tmp_path)
    assert inside is not None and (inside.folder, inside.pictures) == ("dtd/images", 1)


def test_annotation_files_of_coco_itself_are_no_user_s_own(tmp_path: Path) -> None:
    for part in ("train2017", "mine", "without_photographs"):
        write(tmp_path / f"COCO/annotations/instances_{part}.json", b"{}")
    for part in ("train2017", "mine"):
        write(tmp_path / f"COCO/images/{part}/1.jpg", b"x")
    (row,) = user_annotation_rows(tmp_path)
    assert (row.dataset, row.folder, row.pictures) == ("COCO mine", "COCO/images/mine", 1)
