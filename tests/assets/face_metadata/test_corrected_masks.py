from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from assets.datasets.celebamask.reader import check_faces, read_faces
from assets.face_metadata.corrected_masks import CORRECTED_FOLDER, read_corrected
from assets.problems import BadInput, Problem
from natocc.geometry import Image
from tests.raw_trees import (
    FACES,
    IMAGES,
    add_face,
    disc,
    encoded,
    mask_bytes,
    portrait,
    sixteen_bit_png,
    write,
)

DISC = disc(120, 100)


def read(raw: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Names of the corrected masks by the face's id, and the problems."""
    problems: list[Problem] = []
    faces = {face.id: [mask.name for mask in face.corrected] for face in read_faces(raw, problems.append)}
    return faces, [str(problem) for problem in problems]


def touch(raw: Path, *stems: str) -> None:
    for stem in stems:
        add_face(raw, stem, b"x", {"skin": b"x"})


def test_a_mask_is_found_by_the_number_or_the_name_of_its_face(tmp_path: Path) -> None:
    touch(tmp_path, "7", "9", "12345", "my photo")
    for name in ("7.png", "12345.PNG", "my photo.png"):
        write(tmp_path / CORRECTED_FOLDER / name, b"x")
    faces, problems = read(tmp_path)
    assert {name[:5]: masks for name, masks in faces.items()} == {
        "00007": ["7.png"],
        "00009": [],
        "12345": ["12345.PNG"],
        "my_ph": ["my photo.png"],
    }
    assert problems == []


def test_without_the_folder_no_face_has_a_corrected_mask(tmp_path: Path) -> None:
    touch(tmp_path, "7")
    assert read(tmp_path) == ({"00007": []}, [])


def test_masks_of_no_face_and_other_files_are_named(tmp_path: Path) -> None:
    touch(tmp_path, "7")
    write(tmp_path / FACES / IMAGES / "8.jpg", b"x")
    for name in ("007.png", "7.png", "8.png", "30000.png", "read me.txt", ".DS_Store"):
        write(tmp_path / CORRECTED_FOLDER / name, b"x")
    (tmp_path / CORRECTED_FOLDER / "more").mkdir()
    faces, problems = read(tmp_path)
    assert faces == {"00007": ["7.png", "007.png"]}
    endings = "(.jpeg, .jpg, .png, .bmp, .webp)"
    assert [problem for problem in problems if "8.jpg" not in problem] == [
        f"{CORRECTED_FOLDER}/more: expected a picture {endings}, got a folder",
        f"{CORRECTED_FOLDER}/read me.txt: expected a picture {endings}, got another file",
        f"{CORRECTED_FOLDER}: expected a photograph for each mask, got 1 mask without a photograph (30000.png); "
        "name them like the photographs, or remove them",
    ]


def test_masks_under_other_names_are_found_and_all_of_a_face_s_are_given(tmp_path: Path) -> None:
    touch(tmp_path, "7", "9", "My Photo")
    for name in ("7_mask.bmp", "7-seg.png", "00009.webp", "my_photo.mask.png", "Thumbs.db", "._9.png"):
        write(tmp_path / CORRECTED_FOLDER / name, b"x")
    faces, problems = read(tmp_path)
    assert [*faces.values()] == [["7-seg.png", "7_mask.bmp"], ["00009.webp"], ["my_photo.mask.png"]]
    assert problems == []


def refusal(raw: Path) -> str:
    with pytest.raises(FileNotFoundError) as caught:
        check_faces(raw)
    return str(caught.value)


def test_misplaced_masks_stop_the_command_with_the_right_place(tmp_path: Path) -> None:
    touch(tmp_path, "7")
    folder = tmp_path / CORRECTED_FOLDER
    write(folder / CORRECTED_FOLDER / "7.png", b"x")
    assert refusal(tmp_path) == (
        f"{folder}: expected masks 0.png and so on, got masks one level deeper; move those of {folder / CORRECTED_FOLDER} up"
    )
    (folder / CORRECTED_FOLDER / "7.png").unlink()
    assert refusal(tmp_path) == f"{folder}: expected masks 0.png and so on, got none; remove the folder"
    (folder / CORRECTED_FOLDER).rmdir()
    folder.rmdir()
    write(folder, b"7z")
    assert (
        refusal(tmp_path)
        == f"{folder}: expected a folder of masks, got no folder; unpack the archive, or remove it"
    )
    folder.unlink()
    write(tmp_path / FACES / CORRECTED_FOLDER / "7.png", b"x")
    assert refusal(tmp_path) == (
        f"{tmp_path}: expected {CORRECTED_FOLDER} beside {FACES}, got it inside; move it to {folder}"
    )


def smooth(sigma: float) -> Image:
    return cv2.GaussianBlur(DISC, (0, 0), sigma).astype(np.uint8)


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (mask_bytes(DISC), ("three channels",)),
        (mask_bytes(DISC // 255), ("three channels", "values 0 and 1")),
        (encoded(DISC, "PNG"), ()),
        (encoded(DISC // 255, "PNG"), ("values 0 and 1",)),
        (sixteen_bit_png(DISC), ("16 bits a channel",)),
        (encoded(smooth(1.5), "PNG"), ("grey edges",)),
        (mask_bytes(smooth(1.5)), ("three channels", "grey edges")),
        (sixteen_bit_png(smooth(1.5)), ("16 bits a channel", "grey edges")),
    ],
)
def test_every_plain_form_gives_the_same_mask(tmp_path: Path, data: bytes, notes: tuple[str, ...]) -> None:
    mask, said = read_corrected(write(tmp_path / "7.png", data))
    assert said == notes
    assert (mask != DISC).mean() < (0.01 if "grey edges" in notes else 1e-9)
    assert set(np.unique(mask)) == {0, 255}


def with_ignored() -> Image:
    """Face 1, background 0, a block that MMSegmentation would ignore."""
    plane = DISC // 255
    plane[:30, :30] = 255
    return plane


def with_unsure() -> Image:
    plane = DISC.copy()
    plane[55:75, 45:60] = 128
    return plane


GREY = "a mask of 0 and 255, or of 0 and 1, with grey within 8 pixels of its edge alone"


@pytest.mark.parametrize(
    ("data", "expected", "got"),
    [
        (encoded(DISC * 0, "PNG"), "a mask with pixels", "an empty mask"),
        (encoded(with_unsure(), "PNG"), GREY, "300 grey pixels elsewhere, the first of 128"),
        (encoded(DISC // 255 * 2, "PNG"), "a mask of 0 and 255, or of 0 and 1", "values up to 2"),
        (
            encoded(portrait(), "PNG"),
            "a mask with equal channels, or of one colour on black",
            "a coloured picture",
        ),
        (b"", "a mask", "an empty file"),
        (b"text", "a mask", "4 bytes that are no JPEG, PNG, WEBP, BMP image"),
        (encoded(DISC, "PNG")[:80], "a mask", "a damaged image"),
    ],
)
def test_other_values_and_damage_are_refused(tmp_path: Path, data: bytes, expected: str, got: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_corrected(write(tmp_path / "7.png", data))
    assert caught.value.expected == expected
    assert caught.value.got.startswith(got)


def test_an_ignore_value_is_not_taken_for_the_face(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"grey pixels elsewhere, the first of 1;"):
        read_corrected(write(tmp_path / "7.png", encoded(with_ignored(), "PNG")))


def test_deep_grey_is_told_by_its_8_bit_value(tmp_path: Path) -> None:
    deep = with_unsure().astype(np.uint16) * 257
    deep[deep == 128 * 257] = 40000
    with pytest.raises(BadInput, match=r"300 grey pixels elsewhere, the first of 155;"):
        read_corrected(write(tmp_path / "7.png", cv2.imencode(".png", deep)[1].tobytes()))


def test_a_palette_of_two_greys_is_a_mask(tmp_path: Path) -> None:
    picture = Pillow.fromarray(DISC // 255).convert("P")
    picture.putpalette([0, 0, 0, 255, 255, 255])
    picture.save(tmp_path / "7.png")
    assert np.array_equal(read_corrected(tmp_path / "7.png")[0], DISC)
