from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.published import Published
from tasks.census.pictures import count_pictures, remark_on_depth, remark_on_sizes
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
    assert 1 <= count_pictures(tmp_path, published(nested=True)) <= 4


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
