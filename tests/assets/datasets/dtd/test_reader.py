from __future__ import annotations

from pathlib import Path

from assets.datasets.dtd.reader import read_textures
from assets.problems import Problem
from assets.records import RawTexture
from tests.raw_trees import add_sidecar, add_texture, write


def read(raw: Path) -> tuple[list[RawTexture], list[str]]:
    problems: list[Problem] = []
    textures = list(read_textures(raw, problems.append))
    return textures, [str(problem) for problem in problems]


def test_textures_come_by_class_and_name(tmp_path: Path) -> None:
    for kind, name in (("pitted", "pitted_0002.jpg"), ("pitted", "pitted_0001.JPG"), ("grid", "own.png")):
        add_texture(tmp_path, kind, name, b"x")
    add_sidecar(tmp_path / "dtd", {"file": "images/grid/own.png", "licence": "CC0"})
    textures, problems = read(tmp_path)
    assert [(one.texture_class, one.image.name) for one in textures] == [
        ("grid", "own.png"),
        ("pitted", "pitted_0001.JPG"),
        ("pitted", "pitted_0002.jpg"),
    ]
    assert [one.origin.licence == "CC0" for one in textures] == [True, False, False]
    assert problems == []


def test_one_name_in_two_classes_is_two_textures(tmp_path: Path) -> None:
    for kind in ("grid", "pitted"):
        add_texture(tmp_path, kind, "1.jpg", b"x")
    assert len({one.id for one in read(tmp_path)[0]}) == 2


def test_empty_classes_and_stray_files_are_named(tmp_path: Path) -> None:
    add_texture(tmp_path, "pitted", "a.jpg", b"x")
    add_texture(tmp_path, "pitted", "a.mat", b"x")
    add_texture(tmp_path, "pitted", ".directory", b"x")
    write(tmp_path / "dtd/images/readme.txt", b"x")
    (tmp_path / "dtd/images/grid").mkdir()
    textures, problems = read(tmp_path)
    assert len(textures) == 1
    assert problems == [
        "dtd/images/grid: expected at least one picture, got an empty texture class",
        "dtd/images/pitted/a.mat: expected a picture (.jpeg, .jpg, .png), got another file",
        "dtd/images/readme.txt: expected a folder of one texture class, got a file",
    ]


def test_a_dataset_without_images_is_named(tmp_path: Path) -> None:
    (tmp_path / "dtd/dtd/images").mkdir(parents=True)
    assert read(tmp_path)[1] == ["dtd/images: expected a folder for each class, got no such folder"]


def test_a_fifth_of_the_classes_is_for_testing_but_for_what_the_side_car_says(tmp_path: Path) -> None:
    classes = [f"class {number}" for number in range(10)]
    for kind in classes:
        for name in ("1.jpg", "2.jpg"):
            add_texture(tmp_path, kind, name, b"x")
    add_sidecar(
        tmp_path / "dtd",
        {"file": "images/class 9/2.jpg", "split": "train"},
        {"file": "images/class 0/1.jpg", "split": "excluded"},
    )

    def splits(**options: bool) -> dict[str, list[str | None]]:
        found = list(read_textures(tmp_path, lambda problem: None, **options))
        return {kind: [one.origin.split for one in found if one.texture_class == kind] for kind in classes}

    expected = {"class 9": ["test", "train"], "class 8": ["test", "test"], "class 0": ["excluded", None]}
    assert splits() == {kind: [None, None] for kind in classes} | expected
    assert splits(hold_out=False)["class 8"] == [None, None]


def test_of_few_classes_none_is_for_testing(tmp_path: Path) -> None:
    for number in range(9):
        add_texture(tmp_path, f"class {number}", "1.jpg", b"x")
    write(tmp_path / "dtd/images/.cache/x", b"x")
    assert {one.origin.split for one in read(tmp_path)[0]} == {None}
