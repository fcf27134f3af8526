"""Masks of COFW's own training faces, and the list of aligned ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.cofw.genuine import (
    aligned_list,
    masks_folder,
    read_aligned_rows,
    read_masked_faces,
    row_named,
)
from assets.problems import BadInput
from tests.cofw_files import add_masked_cofw
from tests.raw_trees import disc, encoded, write


def rows(raw: Path) -> list[tuple[int, str]]:
    return [(one.face.index, one.mask.name) for one in read_masked_faces(raw, lambda problem: None)]


def test_masks_are_joined_by_row_and_by_id(tmp_path: Path) -> None:
    add_masked_cofw(tmp_path, ["train_00846.png", "845.png", "0847_mask.png"])
    assert masks_folder(tmp_path) == tmp_path / "COFW/masks"
    assert rows(tmp_path) == [(845, "845.png"), (846, "train_00846.png"), (847, "0847_mask.png")]


def test_names_that_count_otherwise_are_refused() -> None:
    assert [row_named(name) for name in ("844", "845", "1344", "1345", "7", "train_00845", "face")] == [
        None, 845, 1344, None, None, 845, None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "1.png",
            r"COFW/masks/1\.png: expected names of masks by the row of IsTr, counted from 0 \(845 to 1344\)",
        ),
        ("0845.png", r"COFW/masks/845\.png: expected one mask of row 845, got COFW/masks/0845\.png too"),
        ("1344.png", r"COFW/masks: expected a face .* for each mask, got 1 row without one, the first 1344"),
    ],
)
def test_a_mask_of_no_face_and_a_second_one_are_named(name: str, said: str, tmp_path: Path) -> None:
    add_masked_cofw(tmp_path, ["845.png"])
    write(tmp_path / "COFW/masks" / name, encoded(disc(40, 60), "PNG"))
    with pytest.raises(BadInput, match=said):
        rows(tmp_path)


def test_without_masks_there_is_no_face(tmp_path: Path) -> None:
    assert masks_folder(tmp_path) is None and rows(tmp_path) == []
    assert aligned_list(tmp_path) is None


def test_a_list_names_faces_by_row_or_id(tmp_path: Path) -> None:
    path = write(tmp_path / "COFW/aligned400.txt", b"# mine\n847\ntrain_00845\n847\n")
    assert aligned_list(tmp_path) == path
    assert read_aligned_rows(path, tmp_path, (845, 846, 847)) == (847, 845)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"845\n846\n3\n", "got 2 others, the first 846"),
        (b"845\n{1: 2}\n", "expected one face with a mask a line"),
    ],
)
def test_lines_without_a_face_are_counted(text: bytes, said: str, tmp_path: Path) -> None:
    path = write(tmp_path / "COFW/aligned400.txt", text)
    with pytest.raises(BadInput, match=rf"COFW/aligned400\.txt: .*{said}"):
        read_aligned_rows(path, tmp_path, (845,))
