from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.published import Published
from tasks.census.pictures import count_pictures, remark_on_depth, remark_on_links, remark_on_sizes
from tests.raw_trees import encoded, portrait, write


def published(*, nested: bool = False, **fields: object) -> Published:
    return Published(dataset="Mine", places=("mine",), licence="", nested=nested, **fields)  # type: ignore[arg-type]


def test_pictures_count_by_suffix_and_hidden_files_do_not(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.PNG", "c.txt", ".d.jpg", "class/e.jpg"):
        write(tmp_path / name, b"x")
    assert count_pictures(tmp_path, published()) == 2
    assert count_pictures(tmp_path, published(nested=True)) == 3


def test_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    write(tmp_path / "class/a.jpg", b"x")
    (tmp_path / "class/again").symlink_to(tmp_path, target_is_directory=True)
    assert count_pictures(tmp_path, published(nested=True)) == 1
    assert remark_on_links(tmp_path, published(nested=True)).endswith(": 1 (again)")


@pytest.mark.parametrize("nested", [False, True])
def test_a_link_to_itself_or_to_nothing_is_counted_apart(tmp_path: Path, nested: bool) -> None:
    write(tmp_path / "a.jpg", b"x")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "lost").symlink_to("nowhere")
    (tmp_path / "b.jpg").symlink_to("a.jpg")
    assert count_pictures(tmp_path, published(nested=nested)) == 2
    assert ": 2 (" in remark_on_links(tmp_path, published(nested=nested))
    assert remark_on_links(write(tmp_path / "own/a.jpg", b"x").parent, published(nested=nested)) == ""


def test_class_folders_may_be_links_and_count_once(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/a.jpg", b"x")
    for name in ("one", "two"):
        (tmp_path / "images").mkdir(exist_ok=True)
        (tmp_path / "images" / name).symlink_to(tmp_path / "elsewhere")
    assert count_pictures(tmp_path / "images", published(nested=True)) == 1


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        ({"pictures": 2, "widths": (64, 64), "heights": (64, 80)}, ""),
        (
            {"pictures": 2, "widths": (64, 64), "heights": (64, 64)},
            "1 of another size, the first b.jpg of 64x80",
        ),
        ({"pictures": 5, "widths": (1, 1), "heights": (1, 1)}, ""),
        ({"pictures": None, "widths": (1, 1), "heights": (1, 1)}, ""),
        ({"pictures": 2, "widths": None, "heights": (1, 1)}, ""),
    ],
    ids=["as published", "another", "a selection", "no number published", "any width"],
)
def test_other_sizes_are_counted_in_whole_downloads(
    tmp_path: Path, fields: dict[str, object], remark: str
) -> None:
    write(tmp_path / "a.jpg", encoded(portrait(64, 64)))
    write(tmp_path / "b.jpg", encoded(portrait(80, 64)))
    write(tmp_path / "c.jpg", b"no picture")
    assert remark_on_sizes(tmp_path, published(**fields), 2) == remark


def test_pictures_one_level_deeper_are_found(tmp_path: Path) -> None:
    assert remark_on_depth(tmp_path, published(), 0) == "no pictures"
    write(tmp_path / "below/a.jpg", b"x")
    assert remark_on_depth(tmp_path, published(), 0) == "pictures one level deeper; move those of below up"
    assert remark_on_depth(tmp_path, published(), 1) == ""
    assert remark_on_depth(tmp_path, published(nested=True), 0) == ""
