from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.realocc import REALOCC_WILD, read_occluded_faces
from assets.problems import Problem
from tests.raw_trees import add_occluded, add_sidecar, write


def read(raw: Path) -> tuple[list[str], list[str]]:
    problems: list[Problem] = []
    faces = list(read_occluded_faces(raw, problems.append))
    assert all(face.mask.stem == face.image.stem for face in faces)
    return [face.image.stem for face in faces], [str(problem) for problem in problems]


@pytest.fixture()
def raw(tmp_path: Path) -> Path:
    for stem in ("a", "b.c", "00003"):
        add_occluded(tmp_path, stem, b"x", b"x")
    return tmp_path


@pytest.mark.parametrize(
    "lines",
    ["b.c\na\n", "b.c.jpg\r\n\r\na.JPG\r\n", "image\\b.c.jpg,\rmask/a.png\ra\r", "b.c.jpg 1\na.jpg 0\n"],
)
def test_the_list_decides_which_and_in_which_order(raw: Path, lines: str) -> None:
    write(raw / "RealOcc/split/val.txt", lines.encode())
    assert read(raw) == (["b.c", "a"], [])


def test_without_a_list_all_come_by_name(raw: Path) -> None:
    assert read(raw) == (["00003", "a", "b.c"], [])


@pytest.mark.parametrize(("data", "got"), [(b"\n", "an empty list"), (b"\xff\n", "another encoding (0xff")])
def test_of_a_list_that_says_nothing_all_are_taken(raw: Path, data: bytes, got: str) -> None:
    write(raw / "RealOcc/split/val.txt", data)
    stems, problems = read(raw)
    assert stems == ["00003", "a", "b.c"]
    assert problems[0].startswith(f"RealOcc/split/val.txt: expected one name a line, got {got}")
    assert problems[0].endswith("; all pictures are taken")


def test_a_list_that_cannot_be_read_is_refused_and_an_empty_one_noted(raw: Path) -> None:
    actions = []
    for data in ("a\n".encode("utf-16"), b""):
        write(raw / "RealOcc/split/val.txt", data)
        problems: list[Problem] = []
        list(read_occluded_faces(raw, problems.append))
        actions += [problem.action for problem in problems]
    assert actions == ["refused", "noted"]


def test_folders_may_be_called_as_others_call_them(raw: Path) -> None:
    (raw / "RealOcc/image").rename(raw / "RealOcc/img")
    (raw / "RealOcc/mask").rename(raw / "RealOcc/masks")
    assert read(raw) == (["00003", "a", "b.c"], [])


def test_missing_files_are_named(raw: Path, tmp_path: Path) -> None:
    write(raw / "RealOcc/split/val.txt", b"a\nz\nb.c\n")
    (raw / "RealOcc/mask/b.c.png").unlink()
    stems, problems = read(raw)
    assert stems == ["a"]
    assert problems == [
        "RealOcc/split/val.txt: expected pictures in RealOcc/image, got 1 name without a photograph (z); correct or remove them",
        "RealOcc/image/b.c.jpg: expected a mask RealOcc/mask/b.c.png, got no such file",
    ]
    (raw / "RealOcc/mask").rename(raw / "RealOcc/labels")
    assert read(raw)[1] == ["RealOcc/mask: expected a folder of pictures, got no such folder"]


def test_the_side_car_gives_the_person(raw: Path) -> None:
    add_sidecar(raw / "RealOcc", {"file": "image/a.jpg", "person": "ada"})
    persons = {face.image.stem: face.origin.person for face in read_occluded_faces(raw, lambda problem: None)}
    assert persons == {"a": "ada", "b.c": None, "00003": None}


def test_names_that_cannot_be_paired_are_told(raw: Path) -> None:
    write(raw / "RealOcc/image/a.png", b"x")
    write(raw / "RealOcc/mask/d.png", b"x")
    stems, problems = read(raw)
    assert stems == ["00003", "a", "b.c"]
    assert problems == [
        "RealOcc/image/a.png: expected a name of its own, got the name of RealOcc/image/a.jpg",
        "RealOcc/mask: expected a photograph for each mask, got 1 mask without a photograph (d.png); "
        "name them like the photographs, or remove them",
    ]
    write(raw / "RealOcc/split/val.txt", b"a\n")
    assert read(raw) == (["a"], problems), "what the list leaves out is left out by design"


def test_masks_under_other_names_are_found_and_two_refuse_the_face(raw: Path) -> None:
    masks = raw / "RealOcc/mask"
    (masks / "a.png").rename(masks / "A_mask.bmp")
    (masks / "00003.png").rename(masks / "3.jpg")
    (masks / "b.c.png").rename(masks / "b.c_mask.png")
    write(masks / "b.c_seg.png", b"x")
    problems: list[Problem] = []
    faces = list(read_occluded_faces(raw, problems.append))
    assert [face.mask.name for face in faces] == ["3.jpg", "A_mask.bmp"]
    assert [str(problem) for problem in problems] == [
        "RealOcc/image/b.c.jpg: expected one mask, "
        "got several: RealOcc/mask/b.c_mask.png, RealOcc/mask/b.c_seg.png; keep one"
    ]


def test_a_folder_unpacked_into_one_of_its_name_is_told(raw: Path) -> None:
    (raw / "RealOcc/inner").mkdir()
    (raw / "RealOcc/image").rename(raw / "RealOcc/inner/img")
    assert read(raw) == (
        [],
        ["RealOcc/image: expected a folder of pictures, got one a level deeper, in RealOcc/inner"],
    )


def test_another_number_than_published_is_noted_and_all_are_taken(tmp_path: Path) -> None:
    for stem in ("a", "b"):
        write(tmp_path / f"RealOcc-Wild/images/{stem}.jpg", b"x")
        write(tmp_path / f"RealOcc-Wild/masks/{stem}.png", b"x")
    problems: list[Problem] = []
    faces = list(read_occluded_faces(tmp_path, problems.append, REALOCC_WILD))
    assert [(face.id[:1], face.origin.dataset) for face in faces] == [
        ("a", "RealOcc-Wild"),
        ("b", "RealOcc-Wild"),
    ]
    assert [(str(problem), problem.action) for problem in problems] == [
        ("RealOcc-Wild/images: expected 270 pictures, as published, got 2", "noted")
    ]
