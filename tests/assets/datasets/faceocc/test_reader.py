from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets.datasets.faceocc.reader import (
    faceocc_folder,
    occlusions,
    read_faceocc_cutouts,
    read_faceocc_textures,
    was_examined,
)
from assets.pictures.rgba import read_rgba
from assets.problems import BadInput, Problem
from assets.records import RawCutout
from shards.storage import sha256_bytes
from tests.faceocc_files import add_cutout, align, astronaut, blob, rgba
from tests.raw_trees import FACES, IMAGES, add_face, add_sidecar, encoded, portrait, write


def release(raw: Path) -> None:
    for name in ("CelebAHQ/10.png", "CelebAHQ/9.png", "ffhq/00012.png", "ffhq/7.png"):
        add_cutout(raw, name, b"x")
    for name in ("internet/scarf/b.png", "internet/mask_blue/a.png", "internet/mask_blue/2.png"):
        add_cutout(raw, name, b"x")
    add_cutout(raw, "texture/cloth 1.jpg", b"x")


def cutouts(raw: Path) -> tuple[list[RawCutout], list[str]]:
    problems: list[Problem] = []
    found = list(read_faceocc_cutouts(raw, problems.append))
    return found, [f"{problem.action} {problem}" for problem in problems]


def but_for_counts(lines: list[str]) -> list[str]:
    return [line for line in lines if "as stated" not in line and "crops without" not in line]


def test_occluders_come_by_kind_and_name(tmp_path: Path) -> None:
    release(tmp_path)
    found, problems = cutouts(tmp_path)
    where = [one.image.relative_to(tmp_path / "FaceOcc").as_posix() for one in found]
    assert where == [
        "CelebAHQ/9.png",
        "CelebAHQ/10.png",
        "ffhq/7.png",
        "ffhq/00012.png",
        "internet/mask_blue/2.png",
        "internet/mask_blue/a.png",
        "internet/scarf/b.png",
    ]
    assert [one.category for one in found] == [
        *["faceocc celeba"] * 2,
        *["faceocc ffhq"] * 2,
        *["mask_blue"] * 2,
        "scarf",
    ]
    assert len({one.id for one in found}) == 7 and found[0].id.startswith("faceocc_celebahq_9_")
    assert all(one.mask is None and one.origin.dataset == "FaceOcc" for one in found)
    assert "no redistribution" in found[0].origin.licence and "terms not stated" in found[-1].origin.licence
    assert problems == [
        "noted FaceOcc/CelebAHQ: expected about 1700 pictures, as stated, got 2",
        "noted FaceOcc/ffhq: expected about 500 pictures, as stated, got 2",
        "unmatched FaceOcc/CelebAHQ: expected a photograph of each in CelebAMask-HQ/CelebA-HQ-img, "
        "got 2 crops without a photograph (9.png, 10.png); taken as occluders all the same; add the photographs",
        "noted FaceOcc/internet: expected about 300 pictures, as stated, got 3",
    ]


def test_textures_are_one_class(tmp_path: Path) -> None:
    release(tmp_path)
    problems: list[Problem] = []
    (one,) = read_faceocc_textures(tmp_path, problems.append)
    assert (one.texture_class, one.origin.dataset, one.image.name) == ("faceocc", "FaceOcc", "cloth 1.jpg")
    assert [str(problem) for problem in problems] == [
        "FaceOcc/texture: expected about 800 pictures, as stated, got 1"
    ]


def test_a_crop_belongs_to_the_face_of_its_number(tmp_path: Path) -> None:
    release(tmp_path)
    add_cutout(tmp_path, "CelebAHQ/00010.png", b"x")
    add_cutout(tmp_path, "CelebAHQ/11_mask.png", b"x")
    add_cutout(tmp_path, "CelebAHQ/my photo.png", b"x")
    problems: list[Problem] = []
    add_cutout(tmp_path, "CelebAHQ/11.webp", b"x")
    add_cutout(tmp_path, "CelebAHQ/12.bmp", b"x")
    add_cutout(tmp_path, "CelebAHQ/12.txt", b"x")
    found, unfit = occlusions(tmp_path, ["9", "10", "11", "12"], problems.append)
    assert {face: path.name for face, path in unfit.items()} == {"00012": "12.bmp"}
    assert sorted(path.name for path in found.values()) == ["10.png", "11_mask.png", "9.png", "my photo.png"]
    assert (found["00009"].name, found["00011"].name) == ("9.png", "11_mask.png")
    assert [str(problem) for problem in problems] == [
        "FaceOcc/CelebAHQ/00010.png: expected one crop a face, got a second one beside FaceOcc/CelebAHQ/10.png"
    ]
    assert was_examined("123", found) and was_examined("00123", found)
    assert not was_examined("my photo", found) and not was_examined("30000", found)
    assert not was_examined("123", {})


def test_an_occluder_has_the_origin_of_its_photograph(tmp_path: Path) -> None:
    release(tmp_path)
    path = add_face(tmp_path, "9", portrait())
    add_face(tmp_path, "10", portrait())
    row = {"file": f"{IMAGES}/10.jpg", "photo": "ab" * 32, "person": "ada", "split": "test"}
    add_sidecar(tmp_path / FACES, row)
    nine, ten, seven = cutouts(tmp_path)[0][:3]
    assert nine.origin.photo == sha256_bytes(path.read_bytes()) and nine.metadata == {"face": "00009"}
    assert (ten.origin.photo, ten.origin.person, ten.origin.split) == ("ab" * 32, "ada", "test")
    assert (seven.origin.photo, seven.metadata) == ("", {})


def test_the_side_car_of_the_release_comes_first(tmp_path: Path) -> None:
    release(tmp_path)
    add_face(tmp_path, "9", portrait())
    rows = [
        {"file": "CelebAHQ/9.png", "photo": "cd" * 32, "split": "excluded", "licence": ""},
        {"file": "internet/scarf/b.png", "photo": "", "split": "test", "licence": "mine"},
    ]
    add_sidecar(tmp_path / "FaceOcc", *rows)
    found, _ = cutouts(tmp_path)
    assert (found[0].origin.photo, found[0].origin.split) == ("cd" * 32, "excluded")
    assert (found[-1].origin.split, found[-1].origin.licence) == ("test", "mine")


def test_pickles_and_files_that_are_no_pictures_are_named_and_never_read(tmp_path: Path) -> None:
    release(tmp_path)
    for name in ("ffhqMask/7.pkl", "ffhqMask/8.pkl", "internet/loose.png", ".x"):
        add_cutout(tmp_path, name, b"x")
    add_cutout(tmp_path, "CelebAHQ/note.txt", b"x")
    assert but_for_counts(cutouts(tmp_path)[1]) == [
        "noted FaceOcc/ffhqMask: expected masks as pictures, got 2 pickles; pickles may run code and are never read",
        "refused FaceOcc/CelebAHQ/note.txt: expected a picture (.jpeg, .jpg, .png), got another file",
        "refused FaceOcc/internet/loose.png: expected a folder of one kind, got a file",
    ]


def test_a_release_one_level_deeper_is_read_and_said(tmp_path: Path) -> None:
    release(tmp_path / "FaceOcc")
    write(tmp_path / "FaceOcc/FaceOcc/COFW_test/img/0.jpg", b"x")
    found, problems = cutouts(tmp_path)
    assert len(found) == 7 and len(occlusions(tmp_path, [], lambda problem: None)[0]) == 2
    assert but_for_counts(problems) == [
        "noted FaceOcc: expected CelebAHQ, ffhq, internet, texture in it, got them one level deeper; they are read from FaceOcc/FaceOcc",
        "refused FaceOcc/FaceOcc/COFW_test: expected it as FaceOcc/COFW_test, got one level deeper, where it is not read; move it up",
    ]


def test_the_test_faces_alone_are_no_release(tmp_path: Path) -> None:
    write(tmp_path / "FaceOcc/COFW_test/img/0.jpg", b"x")
    assert faceocc_folder(tmp_path) is None
    assert cutouts(tmp_path) == ([], []) and occlusions(tmp_path, [], lambda problem: None) == ({}, {})
    assert list(read_faceocc_textures(tmp_path, lambda problem: None)) == []


def test_a_part_that_is_missing_is_said(tmp_path: Path) -> None:
    add_cutout(tmp_path, "CelebAHQ/9.png", b"x")
    add_face(tmp_path, "9", portrait())
    assert cutouts(tmp_path)[1][1:] == [
        "noted FaceOcc/ffhq: expected about 500 pictures, as stated, got no such folder",
        "noted FaceOcc/internet: expected about 300 pictures, as stated, got no such folder",
    ]


def test_a_folder_that_is_called_faceocc_itself_is_no_level(tmp_path: Path) -> None:
    release(tmp_path / "FaceOcc")
    assert but_for_counts(cutouts(tmp_path / "FaceOcc")[1]) == []


def test_colours_under_transparent_pixels_are_kept(tmp_path: Path) -> None:
    crop = align(astronaut(), 0.6, -40, -10)
    rgb, alpha, picture = read_rgba(add_cutout(tmp_path, "CelebAHQ/9.png"))
    assert np.array_equal(rgb, crop) and np.array_equal(alpha, blob())
    assert picture.data == (tmp_path / "FaceOcc/CelebAHQ/9.png").read_bytes()


CROP = align(astronaut(), 0.6, -40, -10)


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (encoded(CROP, "PNG"), "a picture without one"),
        (rgba(CROP, blob() * 0), "one that is transparent everywhere"),
        (rgba(CROP, blob() // 3), "one that is transparent everywhere"),
        (rgba(CROP, blob() * 0 + 255), "one that is opaque everywhere"),
        (b"", "an empty file"),
        (rgba(CROP, blob())[:900], "a damaged image"),
    ],
)
def test_a_crop_without_a_usable_alpha_is_refused(tmp_path: Path, data: bytes, got: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_rgba(write(tmp_path / "9.png", data))
    assert caught.value.got.startswith(got)


def test_how_much_alpha_is_too_little_or_too_much_can_be_said(tmp_path: Path) -> None:
    path = write(tmp_path / "veil.png", rgba(CROP, blob() // 3))
    assert read_rgba(path, empty=8)[1].max() == 85
    with pytest.raises(BadInput, match="opaque everywhere"):
        read_rgba(write(path, rgba(CROP, blob() // 3 + 20)), empty=8, full=19)
