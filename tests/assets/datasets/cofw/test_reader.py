from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from assets.datasets.cofw.face import CofwFace
from assets.datasets.cofw.reader import check_cofw, read_cofw, read_pixels
from assets.problems import BadInput, Problem
from tests.cofw_files import add_cofw, boxes, pictures, points
from tests.raw_trees import write

TRAIN, TEST = "COFW/COFW_train_color.mat", "COFW/COFW_test_color.mat"
FEW = [
    f"{TRAIN}: expected 1345 faces, as published, got 4",
    f"{TRAIN}: expected 44 grey images, as published, got 1",
]


def read(raw: Path) -> tuple[list[CofwFace], list[str]]:
    problems: list[Problem] = []
    return list(read_cofw(raw, problems.append)), [str(problem) for problem in problems]


def test_training_faces_come_before_test_faces_with_their_landmarks(tmp_path: Path) -> None:
    add_cofw(tmp_path / "COFW", "test", pictures(2))
    add_cofw(tmp_path / "COFW", "train", pictures(4))
    faces, problems = read(tmp_path)
    assert [face.id for face in faces] == [
        "train_00000", "train_00001", "train_00002", "train_00003", "test_00000", "test_00001"
    ]  # fmt: skip
    third = faces[2]
    assert third.landmarks[:2] == ((12.0, 5.0), (13.0, 6.0)) and len(third.landmarks) == 29
    assert third.occluded[:4] == (True, False, False, True) and len(third.occluded) == 29
    assert third.box == (10.0, 3.0, 32.0, 33.0)
    assert [face.grey for face in faces] == [False, True, False, False, False, True]
    assert [face.genuine for face in faces] == [False] * 4 + [True] * 2
    assert problems == [*FEW, f"{TEST}: expected 507 faces, as published, got 2"]


def test_images_are_upright_and_in_colour(tmp_path: Path) -> None:
    add_cofw(tmp_path / "COFW", "train", pictures(4))
    faces, _ = read(tmp_path)
    for face, image in zip(faces, pictures(4), strict=True):
        pixels = read_pixels(face)
        assert (face.height, face.width) == image.shape[:2] == pixels.shape[:2]
        expected = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
        assert np.array_equal(pixels, expected) and pixels.dtype == np.uint8


def test_as_many_as_published_are_no_problem_and_the_last_500_are_its_own(tmp_path: Path) -> None:
    small = [
        np.full((2, 3) if index % 30 == 0 and index < 1320 else (2, 3, 3), 9, np.uint8)
        for index in range(1345)
    ]
    where = np.hstack([np.ones((1345, 58)), np.zeros((1345, 29))])
    add_cofw(tmp_path / "COFW", "train", small, phisTr=where, bboxesTr=np.ones((1345, 4)))
    faces, problems = read(tmp_path)
    assert problems == []
    assert [face.index for face in faces if face.genuine] == [*range(845, 1345)]
    assert sum(face.grey for face in faces) == 44


@pytest.mark.parametrize("folder", ["COFW_color", "COFW/common/xpburgos/behavior/code/pose"])
def test_the_files_may_lie_deeper_or_in_the_archives_own_folder(tmp_path: Path, folder: str) -> None:
    add_cofw(tmp_path / folder, "test", pictures(1))
    faces, _ = read(tmp_path)
    assert [face.id for face in faces] == ["test_00000"]


def test_axes_may_be_as_matlab_shows_them(tmp_path: Path) -> None:
    add_cofw(tmp_path / "COFW", "train", pictures(4), phisTr=points(4).T, bboxesTr=boxes(4)[:3])
    assert read(tmp_path)[1] == [f"{TRAIN}: expected bboxesTr of 4x4 numbers, got float64 of 4x3"]
    add_cofw(tmp_path / "COFW", "train", pictures(4), phisTr=points(4).T)
    faces, problems = read(tmp_path)
    assert faces[2].landmarks[1] == (13.0, 6.0) and problems == FEW


def spoiled(values: np.ndarray, row: int, column: int, value: float) -> np.ndarray:
    values[row, column] = value
    return values


@pytest.mark.parametrize(
    ("images", "replaced", "problem"),
    [
        ([None], {}, "an image, got an empty cell"),
        ([np.zeros((4, 5, 2), np.uint8)], {}, "an 8-bit image of 1 or 3 channels, got uint8 with axes 2x5x4"),
        ([np.zeros((4, 5, 3))], {}, "an 8-bit image of 1 or 3 channels, got float64 with axes 3x5x4"),
        ([], {"phisTr": spoiled(points(4), 3, 4, np.nan)}, "29 landmarks, got values that are not finite"),
        ([], {"phisTr": spoiled(points(4), 3, 60, 0.5)}, "occlusion bits of 0 and 1, got 0.5"),
        ([], {"phisTr": spoiled(points(4), 3, 4, 900)}, "landmarks on the image of 53x40, got 1 of 29 outside, the first at (900, 9)"),
        ([], {"bboxesTr": spoiled(boxes(4), 3, 0, 70)}, "a box on the image of 53x40, got [70.0, 3.0, 32.0, 33.0]"),
        ([], {"bboxesTr": spoiled(boxes(4), 3, 2, 0)}, "a box (x, y, width, height) with an area, got [11.0, 3.0, 0.0, 33.0]"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named_and_the_others_stay(
    tmp_path: Path, images: list[np.ndarray | None], replaced: dict[str, np.ndarray], problem: str
) -> None:
    add_cofw(tmp_path / "COFW", "train", [*pictures(3), *(images or pictures(4)[3:])], **replaced)
    faces, problems = read(tmp_path)
    assert [face.index for face in faces] == [0, 1, 2]
    assert problems == [f"{TRAIN} image 3: expected {problem}", *FEW]


def test_landmarks_and_boxes_that_reach_a_little_beyond_are_counted(tmp_path: Path) -> None:
    landmarks, around = points(4), boxes(4)
    landmarks[1:3, 0], around[2, 2] = -2, 200
    add_cofw(tmp_path / "COFW", "train", pictures(4), phisTr=landmarks, bboxesTr=around)
    faces, problems = read(tmp_path)
    assert len(faces) == 4 and problems == [
        f"{TRAIN}: expected landmarks on their images, got some that reach beyond, of 2 images, the first 1",
        f"{TRAIN}: expected boxes on their images, got some that reach beyond, of 1 image, the first 2",
        *FEW,
    ]


@pytest.mark.parametrize(("count", "variable"), [(4, "bboxesTr"), (87, "phisTr")])
def test_a_square_variable_is_read_by_its_numbers(tmp_path: Path, count: int, variable: str) -> None:
    images = pictures(4) * (count // 4) + pictures(count % 4)
    add_cofw(tmp_path / "COFW", "train", images)
    expected = [(face.landmarks, face.occluded, face.box) for face in read(tmp_path)[0]]
    assert len(expected) == count
    rows = {"phisTr": points(count), "bboxesTr": boxes(count)}[variable]
    add_cofw(tmp_path / "COFW", "train", images, **{variable: rows.T})
    assert [(face.landmarks, face.occluded, face.box) for face in read(tmp_path)[0]] == expected


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    write(tmp_path / TRAIN, b"MATLAB 5.0 MAT-file")
    add_cofw(tmp_path / "COFW", "test", pictures(2), phisT=None)
    faces, problems = read(tmp_path)
    assert faces == []
    assert problems[0].startswith(f"{TRAIN}: expected a MATLAB file of version 7.3 (HDF5), got ")
    assert str(tmp_path) not in problems[0]
    assert problems[1:] == [f"{TEST}: expected the variables IsT, phisT, bboxesT, got #refs#, IsT, bboxesT"]
    with h5py.File(tmp_path / TEST, "w") as file:
        file.create_dataset("IsT", data=np.zeros((1, 2)))
        file.create_dataset("phisT", data=points(2).T)
        file.create_dataset("bboxesT", data=boxes(2).T)
    assert read(tmp_path)[1][1:] == [
        f"{TEST}: expected IsT as a cell array of images, got an array of float64"
    ]


def test_a_file_that_was_cut_off_is_named(tmp_path: Path) -> None:
    path = add_cofw(tmp_path / "COFW", "train", pictures(4))
    path.write_bytes(path.read_bytes()[:-300])
    faces, problems = read(tmp_path)
    assert faces == [] and len(problems) == 1 and "truncated" in problems[0]


def test_damaged_pixels_are_an_error(tmp_path: Path) -> None:
    path = add_cofw(tmp_path / "COFW", "train", pictures(1))
    data = path.read_bytes()
    start = re.search(rb"\x78[\x01\x5e\x9c\xda]", data[512:])
    assert start is not None
    path.write_bytes(data[: 512 + start.end() + 40] + b"\xff" * 60 + data[512 + start.end() + 100 :])
    faces, _ = read(tmp_path)
    with pytest.raises(BadInput, match=r"expected an image, got damaged data .*(filter|inflate|read)"):
        read_pixels(faces[0])


def test_an_empty_folder_and_a_second_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "COFW").mkdir()
    assert read(tmp_path) == (
        [], ["COFW: expected COFW_train_color.mat or COFW_test_color.mat, got neither"]
    )  # fmt: skip
    add_cofw(tmp_path / "COFW", "test", pictures(1))
    add_cofw(tmp_path / "COFW_color", "test", pictures(2))
    faces, problems = read(tmp_path)
    assert len(faces) == 1
    assert problems[0] == (
        f"COFW_color/COFW_test_color.mat: expected one file of this name, got a second one beside {TEST}"
    )
    assert read(tmp_path / "COFW") == ([], []), "no COFW, no problem"


def test_without_h5py_the_message_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    check_cofw(tmp_path)
    write(tmp_path / TRAIN, b"")
    with pytest.raises(ValueError, match=r"expected the package h5py .* pip install .*\[cofw\]"):
        check_cofw(tmp_path)


def test_arrays_and_images_that_stand_for_more_than_memory_are_refused_unread(tmp_path: Path) -> None:
    path = add_cofw(tmp_path / "COFW", "train", pictures(2))
    with h5py.File(path, "r+") as file:
        del file["#refs#/0"]
        huge = file.create_dataset("#refs#/0", (3, 40_000, 40_000), np.uint8, chunks=(1, 1000, 1000))
        references = file["IsTr"][()]
        references[0, 0] = huge.ref
        file["IsTr"][...] = references
    faces, problems = read(tmp_path)
    assert len(faces) == 1
    assert "image 0: expected an 8-bit image of 1 or 3 channels, got 40000x40000 pixels" in problems[0]
    with h5py.File(path, "r+") as file:
        del file["phisTr"]
        file.create_dataset("phisTr", (87, 1 << 40), np.float64, chunks=(87, 1000))
    faces, problems = read(tmp_path)
    assert faces == [] and "expected phisTr of at most 10,000,000 numbers" in problems[0]


def test_a_pipe_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "COFW").mkdir()
    os.mkfifo(tmp_path / "COFW/COFW_train_color.mat")
    faces, (problem, *_) = read(tmp_path)
    assert faces == [] and problem.endswith("(HDF5), got a named pipe")
