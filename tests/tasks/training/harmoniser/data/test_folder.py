from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from tasks.training.harmoniser.data.folder import FolderScenes
from tests.harmonizer_photos import photo_folders, photographs
from tests.raw_trees import disc, encoded, write

PHOTO = photographs(1)[0]


def add(folder: Path, stem: str, mask: bytes, photo: bytes | None = None) -> None:
    write(folder / "photos" / f"{stem}.jpg", encoded(PHOTO) if photo is None else photo)
    write(folder / "masks" / f"{stem}.png", mask)


def test_photographs_come_with_the_masks_of_their_names(tmp_path: Path) -> None:
    source = FolderScenes(*photo_folders(tmp_path, 3))
    assert [item.name for item in source.items] == ["0", "1", "2"] and source.problems == ()
    assert len({item.photo for item in source.items}) == 3
    scene = source.read(source.items[1], "mask")
    assert np.abs(scene.real.astype(int) - photographs(2)[1]).mean() < 4
    assert np.array_equal(scene.matte, disc(96, 128))


def test_all_unusable_files_are_reported_together(tmp_path: Path) -> None:
    photos, masks = photo_folders(tmp_path, 2)
    white = np.full(PHOTO.shape[:2], 255, np.uint8)
    add(tmp_path, "empty", encoded(white * 0, "PNG"))
    add(tmp_path, "full", encoded(white, "PNG"))
    add(tmp_path, "small", encoded(disc(96, 100), "PNG"))
    add(tmp_path, "pixel", encoded(white[:1, :1], "PNG"), encoded(PHOTO[:1, :1]))
    add(tmp_path, "torn", encoded(disc(96, 128), "PNG"), encoded(PHOTO)[:900])
    add(tmp_path, "colours", encoded(PHOTO, "PNG"))
    add(tmp_path, "photo", encoded(PHOTO[..., 1].copy(), "PNG"))
    add(tmp_path, "soft", encoded(np.asarray(cv2.GaussianBlur(disc(96, 128), (0, 0), 2), np.uint8), "PNG"))
    write(tmp_path / "photos/alone.jpg", encoded(PHOTO))
    write(tmp_path / "masks/astray.png", encoded(white, "PNG"))
    write(tmp_path / "photos/notes.txt", b"x")
    source = FolderScenes(photos, masks)
    assert {item.name for item in source.items} == {"0", "1", "soft"}
    lines = sorted(str(problem) for problem in source.problems)
    region = "expected a foreground of 0.5% to 95% of the picture, got"
    assert lines[1:] == [
        "colours.png: expected a mask with equal channels, or of one colour on black, got a coloured picture",
        f"empty.png: {region} an empty mask",
        f"full.png: {region} a mask that is white all over",
        "masks: expected a photograph for each mask, got 1 mask without a photograph (astray.png); "
        "name them like the photographs, or remove them",
        "notes.txt: expected a picture (.jpeg, .jpg, .png), got another file",
        "photo.png: expected a mask of 0 and 255, or of 0 and 1, got grey on 100% of it; "
        "is it a photograph or a map of classes?",
        "pixel.png: expected sides of 16 pixels at least, got 1x1",
        "small.png: expected mask and photograph of one size, got 100x96, 128x96",
        "soft.png: expected a mask of 0 and 255, got grey edges",
        "torn.jpg: expected a photograph, got a damaged image (the file ends within its pixels); fetch the file again",
    ] or lines[-1].startswith("torn.jpg: expected a photograph, got a damaged image")
    assert lines[0] == f"{photos}: expected a mask of the same name, got none for 1 (alone.jpg)"
    assert [one.action for one in source.problems].count("converted") == 1


def test_masks_that_may_be_inverted_are_noted_in_one_line(tmp_path: Path) -> None:
    photos, masks = photo_folders(tmp_path, 2)
    for stem in ("a", "b"):
        add(tmp_path, stem, encoded(255 - disc(96, 128), "PNG"))
    source = FolderScenes(photos, masks)
    assert len(source.items) == 4
    assert [str(problem) for problem in source.problems] == [
        f"{masks}: expected white on the foreground and black around it, got white in the corners and not in the "
        "middle, in 2 (a.png, b.png); are they inverted?"
    ]
    assert source.problems[0].action == "noted"


def test_a_photograph_whose_turn_its_mask_may_lack_is_left_out(tmp_path: Path) -> None:
    photos, masks = photo_folders(tmp_path, 1)
    exif = Pillow.Exif()
    exif[0x0112] = 3
    add(tmp_path, "turned", encoded(disc(96, 128), "PNG"), encoded(PHOTO, exif=exif))
    assert [str(problem) for problem in FolderScenes(photos, masks).problems] == [
        "turned.jpg: expected mask and photograph of one frame, got the photograph turned by its EXIF orientation "
        "3; save it upright, without EXIF"
    ]


def test_a_folder_of_which_nothing_can_be_used_is_an_error(tmp_path: Path) -> None:
    add(tmp_path, "empty", encoded(disc(96, 128) * 0, "PNG"))
    with pytest.raises(ValueError, match=r"got none that can be used; empty\.png: expected a foreground"):
        FolderScenes(str(tmp_path / "photos"), str(tmp_path / "masks"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    photos, _ = photo_folders(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"nowhere: expected a folder of pictures, found none"):
        FolderScenes(photos, str(tmp_path / "nowhere"))
