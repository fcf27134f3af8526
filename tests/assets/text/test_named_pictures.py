from __future__ import annotations

from pathlib import Path

import pytest

from assets.text.named_pictures import Meant, NamedPictures
from tests.raw_trees import write


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    for name in ("img/0.jpg", "img/a.jpg", "mask/a.png", "one/b.jpg", "two/b.jpg"):
        write(tmp_path / "set" / name, b"x")
    return tmp_path / "set"


@pytest.mark.parametrize(
    "written",
    ["img/0.jpg", "./img/0.jpg", "img\\0.jpg", "set/img/00000.JPG", "C:\\raw\\set\\img\\0.png", "0", "IMG/0"],
)
def test_one_picture_is_meant(folder: Path, written: str) -> None:
    assert NamedPictures(folder).find(written) == Meant(("img/0.jpg",), sure=True)


def test_a_path_from_the_root_is_meant_too(folder: Path) -> None:
    assert NamedPictures(folder).find(str(folder / "img/0.jpg")) == Meant(("img/0.jpg",), sure=True)


def test_the_suffix_decides_between_a_picture_and_its_mask_and_else_nothing_does(folder: Path) -> None:
    pictures = NamedPictures(folder)
    assert pictures.find("a.jpg") == Meant(("img/a.jpg",), sure=True)
    assert pictures.find("a") == Meant(("img/a.jpg", "mask/a.png"))
    assert pictures.find("b.jpg") == Meant(("one/b.jpg", "two/b.jpg"))
    assert pictures.find("x/0.jpg") == Meant(("img/0.jpg",)), "another folder: perhaps"
    assert pictures.find("c.jpg") == pictures.find("") == Meant()


def test_pictures_of_linked_folders_are_meant_too(folder: Path) -> None:
    write(folder.parent / "elsewhere/9.jpg", b"x")
    (folder / "linked").symlink_to("../elsewhere")
    assert NamedPictures(folder).find("9") == Meant(("linked/9.jpg",), sure=True)


def test_clutter_is_never_meant(folder: Path) -> None:
    for name in ("__MACOSX/img/0.jpg", ".ipynb_checkpoints/0.jpg", "img/._0.jpg"):
        write(folder / name, b"x")
    assert NamedPictures(folder).find("0") == Meant(("img/0.jpg",), sure=True)


def test_only_photographs_are_meant_where_their_paths_are_known(folder: Path) -> None:
    write(folder / "img/old/a.jpg", b"x")
    pictures = NamedPictures(folder, ("img/*",))
    assert pictures.find("a.png") == Meant(("img/a.jpg",), sure=True)
    assert pictures.find("mask/a.png") == pictures.find("img/old/a.jpg") == Meant(("img/a.jpg",))
    assert pictures.find("b.jpg") == Meant() and pictures.is_file("one/b.jpg")


def test_a_number_with_a_decimal_point_is_the_number(folder: Path) -> None:
    assert NamedPictures(folder).find("0.0") == Meant(("img/0.jpg",), sure=True)


def test_every_name_in_a_text_may_be_meant(folder: Path) -> None:
    pictures = NamedPictures(folder, ("img/*",))
    assert pictures.perhaps("0.jpg,a.jpg") == ("img/0.jpg", "img/a.jpg")
    assert pictures.perhaps("mask/A_mask.png") == ("img/a.jpg",)
    assert pictures.perhaps("gone.jpg") == pictures.perhaps("<>") == ()
