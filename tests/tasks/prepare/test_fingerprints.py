from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tasks.prepare.fingerprints import Mark, describe_input, files_of, is_unchanged, mark_of


@dataclass(frozen=True)
class Item:
    name: str
    image: Path
    parts: dict[str, Path] = field(default_factory=dict)
    others: tuple[Path, ...] = ()


def marked(path: Path) -> Mark:
    mark = mark_of(path)
    assert mark is not None
    return mark


def test_files_of_a_record_are_found_wherever_they_stand() -> None:
    item = Item("a", Path("x.jpg"), {"skin": Path("s.png")}, (Path("c.png"),))
    assert [str(path) for path in files_of(item)] == ["x.jpg", "s.png", "c.png"]


def test_a_moved_tree_is_described_alike() -> None:
    def item(raw: Path) -> Item:
        return Item("a", raw / "i/x.jpg", {"skin": raw / "m/s.png"})

    one = describe_input(item(Path("/here")), Path("/here"))
    assert (
        one
        == describe_input(item(Path("/there")), Path("/there"))
        == ["a", "i/x.jpg", [["skin", "m/s.png"]], []]
    )


def test_a_file_is_unchanged_by_time_or_by_content(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    mark = marked(path)
    assert is_unchanged(path, mark)
    os.utime(path, ns=(0, 0))
    assert is_unchanged(path, mark), "touched alone"
    path.write_bytes(b"two")
    assert not is_unchanged(path, mark)
    os.utime(path, ns=(mark.mtime_ns, mark.mtime_ns))
    assert is_unchanged(path, mark) and not is_unchanged(path, mark, reread=True)
    path.write_bytes(b"four")
    os.utime(path, ns=(mark.mtime_ns, mark.mtime_ns))
    assert not is_unchanged(path, mark), "another size"
    path.unlink()
    assert not is_unchanged(path, mark)


def test_a_file_that_cannot_be_read_has_no_mark(tmp_path: Path) -> None:
    assert mark_of(tmp_path / "gone") is None
    with pytest.raises(ValueError, match="subpath"):
        describe_input(tmp_path / "a", tmp_path / "b")


def test_the_order_of_names_is_part_of_a_value(tmp_path: Path) -> None:
    """An entry's json keeps the order of its landmarks."""
    one, other = {"chin": (1.0, 2.0), "left_eye": (3.0, 4.0)}, {"left_eye": (3.0, 4.0), "chin": (1.0, 2.0)}
    assert describe_input(one, tmp_path) != describe_input(other, tmp_path)
