"""COFW's own training faces with masks of a user."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from assets.datasets.cofw.eyes_mouth import eyes_and_mouth
from assets.datasets.cofw.genuine import read_masked_faces
from assets.problems import BadInput, Problem
from natocc.resize.face_crop import crop_matrix
from tasks.benchmark.sets.cofw import open_cofw
from tasks.benchmark.sets.picture import TestSet
from tests.cofw_files import add_masked_cofw
from tests.raw_trees import disc, encoded, portrait, write


def opened(name: str, raw: Path) -> tuple[TestSet, list[str]]:
    problems: list[Problem] = []
    return open_cofw(name, raw, problems.append), [str(problem) for problem in problems]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    add_masked_cofw(tmp_path, ["845.png", "train_00847.png"])
    return tmp_path


def test_faces_come_with_the_user_s_masks(raw: Path) -> None:
    found, problems = opened("COFW-500", raw)
    assert (found.policy, found.missing, found.licences) == ("voo", "", ("COFW: CC BY 4.0",))
    assert [one.key for one in found.facts] == ["train_00845", "train_00847"]
    assert found.facts[0].source == "COFW/COFW_train_color.mat image 845" and len(found.facts[0].photo) == 64
    first, second = found.read()
    assert (first.image == portrait(40, 60)).all() and (first.mask == (disc(40, 60) > 0)).all()
    assert second.mask.shape == (40, 62)
    assert problems[-1] == "masks: expected 500 faces, as published, got 2"


def test_aligned_faces_are_those_of_the_list_with_mask_and_picture_alike(raw: Path) -> None:
    write(raw / "COFW/aligned400.txt", b"847\n")
    found, problems = opened("COFW-400", raw)
    (facts,) = found.facts
    assert facts.key == "train_00847" and facts.photo == opened("COFW-500", raw)[0].facts[1].photo
    (picture,) = found.read()
    assert picture.image.shape == (1024, 1024, 3) and picture.mask.shape == (1024, 1024)
    face = next(one.face for one in read_masked_faces(raw, lambda problem: None) if one.face.index == 847)
    matrix = crop_matrix(eyes_and_mouth(face), 1024)
    # The middle of the disc, and a place beside it, through the matrix of the picture.
    inside, outside = (np.rint((matrix @ [x, 20, 1])[:2]).astype(int) for x in (31, 3))
    assert picture.mask[inside[1], inside[0]] == 1
    beside = outside[(outside >= 0) & (outside < 1024)]
    assert len(beside) < 2 or picture.mask[outside[1], outside[0]] == 0
    assert problems[-1] == "aligned400.txt: expected 400 faces, as published, got 1"


def test_the_fingerprint_is_of_masks_and_faces(raw: Path) -> None:
    before = opened("COFW-500", raw)[0].fingerprint
    assert opened("COFW-500", raw)[0].fingerprint == before
    write(raw / "COFW/masks/845.png", encoded(disc(40, 60, 0.5), "PNG"))
    assert opened("COFW-500", raw)[0].fingerprint != before


def test_what_is_not_there_is_missing_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "give --raw" in open_cofw("COFW-500", None, lambda problem: None).missing
    assert "expected COFW/COFW_train_color.mat, got none" in opened("COFW-500", tmp_path)[0].missing
    write(tmp_path / "COFW/COFW_train_color.mat", b"")
    assert "expected masks of COFW's 500 faces in COFW/masks" in opened("COFW-500", tmp_path)[0].missing
    (tmp_path / "COFW/masks").mkdir()
    found, _ = opened("COFW-400", tmp_path)
    assert "the list of the 400 faces in COFW/aligned400.txt, got none" in found.missing
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert "expected the package h5py" in opened("COFW-500", tmp_path)[0].missing


def test_what_is_damaged_is_an_error_that_names_the_file(raw: Path) -> None:
    found, _ = opened("COFW-500", raw)
    write(raw / "COFW/masks/845.png", encoded(disc(40, 61), "PNG"))
    with pytest.raises(BadInput, match=r"COFW/masks/845\.png: expected the mask that was there before"):
        list(found.read())
    with pytest.raises(BadInput, match=r"COFW/masks/845\.png: .*size 60x40, got 61x40"):
        opened("COFW-500", raw)
    write(raw / "COFW/COFW_train_color.mat", b"MATLAB")
    with pytest.raises(BadInput, match=r"^COFW/COFW_train_color\.mat: expected a MATLAB file"):
        opened("COFW-500", raw)
