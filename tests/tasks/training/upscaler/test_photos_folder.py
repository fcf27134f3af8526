"""Photographs to learn from, chosen in a folder or a bank, and the report on other files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.codecs import encode_jpeg, encode_png_rgb
from tasks.training.upscaler.photos_folder import CachedReader, photos_in_folder
from tests.raw_trees import encoded, portrait, write
from tests.upscaler_training import photographs


def test_photographs_come_by_path_from_all_folders(tmp_path: Path) -> None:
    write(tmp_path / "b" / "z.jpg", encode_jpeg(portrait(30, 40)))
    write(tmp_path / "b" / "deep" / "a.webp", encoded(portrait(50, 33), "WEBP"))
    write(tmp_path / "a.PNG", encode_png_rgb(portrait(32, 32)))
    for name in (".hidden/x.jpg", "__MACOSX/x.jpg", "@eaDir/x.jpg", "b/Thumbs.db", "b/~$z.jpg", "z.jpg.part"):
        write(tmp_path / name, encode_jpeg(portrait(60, 60)))
    photos = photos_in_folder(tmp_path, least=30, held_out=0)
    assert [photo.name for photo in photos.taken] == ["a.PNG", "b/deep/a.webp", "b/z.jpg"]
    assert photos.problems == ()
    rgb, matte = photos.read(photos.taken[0])
    assert np.array_equal(rgb, portrait(32, 32)) and matte is None


def test_skipped_and_converted_files_are_reported(tmp_path: Path) -> None:
    picture = portrait(40, 40)
    write(tmp_path / "a.jpg", encode_jpeg(picture))
    write(tmp_path / "again.jpg", encode_jpeg(picture))
    write(tmp_path / "cut.jpg", encode_jpeg(portrait(200, 200))[:900])
    write(tmp_path / "empty.png", b"")
    write(tmp_path / "list.csv", b"a,b")
    write(tmp_path / "pixel.png", encode_png_rgb(np.ascontiguousarray(picture[:1, :9])))
    write(tmp_path / "flat.png", encode_png_rgb(np.ascontiguousarray(picture[:15])))
    Pillow.fromarray(picture).convert("L").save(tmp_path / "grey.png")
    Pillow.fromarray(picture).convert("CMYK").save(tmp_path / "print.jpg")
    Pillow.fromarray(picture).convert("RGBA").save(tmp_path / "see-through.png")
    photos = photos_in_folder(tmp_path, least=16, held_out=0)
    assert [photo.name for photo in photos.taken] == ["a.jpg", "grey.png", "print.jpg", "see-through.png"]
    assert [str(problem).partition(" (")[0] for problem in photos.problems] == [
        "again.jpg: expected a photograph of its own, got the content of a.jpg",
        "cut.jpg: expected a photograph, got a damaged image",
        "empty.png: expected a photograph, got an empty file",
        "flat.png: expected 16 pixels a side at least, got 40x15",
        "grey.png: expected an upright RGB photograph, got greyscale",
        "list.csv: expected a photograph",
        "pixel.png: expected 16 pixels a side at least, got 9x1",
        "print.jpg: expected an upright RGB photograph, got CMYK",
        "see-through.png: expected an upright RGB photograph, got alpha channel",
    ]
    assert {problem.action for problem in photos.problems if "upright" in problem.expected} == {"converted"}
    assert all(photos.read(photo)[0].shape == (40, 40, 3) for photo in photos.taken)


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "deep" / "a.png", encode_png_rgb(portrait(31, 31)))
    write(tmp_path / "photos" / "z" / "b.png", encode_png_rgb(portrait(32, 32)))
    (tmp_path / "photos" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "loop").symlink_to(tmp_path / "photos")
    (tmp_path / "photos" / "again").symlink_to("z")
    (tmp_path / "photos" / "circle").symlink_to(tmp_path / "photos" / "circle")
    photos = photos_in_folder(tmp_path / "photos", least=16, held_out=0)
    assert [photo.name for photo in photos.taken] == ["linked/deep/a.png", "z/b.png"]
    assert [problem.path for problem in photos.problems] == ["circle"]


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.png", encode_png_rgb(portrait(32, 32)))
    (tmp_path / "locked").mkdir()
    scan = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    photos = photos_in_folder(tmp_path, least=16, held_out=0)
    assert [photo.name for photo in photos.taken] == ["a.png"]
    assert [str(problem) for problem in photos.problems] == [
        "locked: expected a folder that can be read, got Permission denied"
    ]


def test_a_folder_without_photographs_says_why(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a folder of photographs, found none"):
        photos_in_folder(tmp_path / "nowhere", least=16, held_out=1)
    with pytest.raises(ValueError, match=r"expected photographs of 16 pixels a side at least, found none$"):
        photos_in_folder(tmp_path, least=16, held_out=1)
    write(tmp_path / "small.png", encode_png_rgb(portrait(8, 8)))
    with pytest.raises(ValueError, match=r"found none; 1 refused, the first: small\.png: expected 16 pixels"):
        photos_in_folder(tmp_path, least=16, held_out=1)


def test_held_out_photographs_depend_on_content_alone(tmp_path: Path) -> None:
    first = photos_in_folder(photographs(tmp_path / "a", 12), least=16, held_out=2)
    held = {photo.sha256 for photo in first.held_out}
    assert len(held) == 2 and len(first.training) == 10 and first.notes == ()
    for number in range(12):
        (tmp_path / "a" / f"{number}.png").rename(tmp_path / "a" / f"other-{50 - number}.png")
    renamed = photos_in_folder(tmp_path / "a", least=16, held_out=2)
    assert {photo.sha256 for photo in renamed.held_out} == held

    few = photos_in_folder(photographs(tmp_path / "b", 5), least=16, held_out=4)
    assert len(few.held_out) == 1 and few.notes == ("held out: expected 4 photographs, got 1",)
    alone = photos_in_folder(photographs(tmp_path / "c", 1), least=16, held_out=4)
    assert alone.held_out == () and alone.notes == ("held out: expected 4 photographs, got 0",)
    assert photos_in_folder(tmp_path / "c", least=16, held_out=0).notes == ()


def test_a_photograph_that_changed_meanwhile_stops_the_training(tmp_path: Path) -> None:
    folder = photographs(tmp_path / "a", 2)
    photos = photos_in_folder(folder, least=16, held_out=0)
    write(tmp_path / "a" / "0.png", encode_png_rgb(portrait(40, 41)))
    with pytest.raises(ValueError, match=r"0\.png: expected the photograph as it was at the start"):
        photos.read(photos.taken[0])
    (tmp_path / "a" / "1.png").unlink()
    with pytest.raises(ValueError, match="a file that can't be read"):
        photos.read(photos.taken[1])


def test_pictures_are_kept_while_there_is_room(tmp_path: Path) -> None:
    photos = photos_in_folder(photographs(tmp_path / "a", 2), least=16, held_out=0)
    kept = CachedReader(photos.read, room=40 * 40 * 3 + 10)
    whole = [kept(photo)[0] for photo in photos.taken]
    (tmp_path / "a" / "0.png").unlink()
    assert np.array_equal(kept(photos.taken[0])[0], whole[0])
    (tmp_path / "a" / "1.png").unlink()
    with pytest.raises(ValueError, match="can't be read"):
        kept(photos.taken[1])


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes")
def test_names_of_any_bytes_are_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    try:
        write(tmp_path / name, encode_png_rgb(portrait(20, 20)))
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    photos = photos_in_folder(tmp_path, least=16, held_out=0)
    assert photos.taken[0].name == "caf?.png" and photos.read(photos.taken[0])[0].shape == (20, 20, 3)
