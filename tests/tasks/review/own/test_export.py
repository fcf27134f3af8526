"""Exporting a test set of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.problems import BadInput
from assets.review.index import read_review
from tasks.review.own.export import export_own
from tests.raw_trees import disc, encoded, write
from tests.tasks.review.own.sets import SIDE, own_set


def test_pictures_and_coarse_masks_are_exported_by_name(tmp_path: Path) -> None:
    own, coarse = own_set(tmp_path)
    write(coarse / "7.png", encoded(np.zeros((SIDE, SIDE), np.uint8), "PNG"))
    report = export_own(own, coarse, tmp_path / "review", form="segments")
    assert (report.faces, report.order) == (3, "name")
    faces = read_review(tmp_path / "review").faces
    assert [face.source for face in faces] == ["img/7.jpg", "img/ada.jpg", "img/x y.jpg"]
    assert faces[0].id == "00007" and faces[1].mask_size == faces[1].image_size == (SIDE, SIDE + 1)
    assert (tmp_path / faces[0].image).parent.name == "images"
    assert (tmp_path / "review" / faces[1].image).read_bytes() == (own / "img/ada.jpg").read_bytes()


def test_a_picture_without_a_mask_and_one_of_another_size_are_refused(tmp_path: Path) -> None:
    own, coarse = own_set(tmp_path)
    write(coarse / "ada.png", encoded(disc(SIDE, SIDE), "PNG"))
    with pytest.raises(
        BadInput, match=r"coarse/ada\.png: expected a mask of its picture's size 61x60, got 60x60"
    ):
        export_own(own, coarse, tmp_path / "review", form="labelme")
    (coarse / "ada.png").unlink()
    with pytest.raises(BadInput, match=r"a mask for each of the 3 pictures, got none for 1, ada\.jpg first"):
        export_own(own, coarse, tmp_path / "review", form="labelme")
    write(coarse / "ada.png", encoded(disc(SIDE, SIDE + 1) // 20, "PNG"))
    with pytest.raises(BadInput, match=r"coarse/ada\.png: expected a mask of 0 and 255"):
        export_own(own, coarse, tmp_path / "review", form="labelme")
    assert not (tmp_path / "review").exists()
