"""Writing a review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.review.index import ReviewFace, pixels_sha256, read_review
from natocc.codecs import encode_jpeg
from tasks.review.write import ShownFace, check_new_review, write_review
from tests.raw_trees import disc, portrait, write


def shown(name: str) -> ShownFace:
    mask = disc(40, 40)
    face = ReviewFace(
        order=1,
        id=name,
        source=f"img/{name}.jpg",
        score=None,
        image=f"images/{name}.jpg",
        image_sha256="",
        image_size=(40, 40),
        mask_sha256="",
        mask_pixels=pixels_sha256(mask),
        returned_pixels="",
        mask_size=(40, 40),
        corrected_sha256=None,
    )
    return ShownFace(face=face, jpeg=encode_jpeg(portrait(40, 40)), mask=mask)


def test_the_index_tells_what_a_tool_returns_without_an_edit(tmp_path: Path) -> None:
    assert write_review(tmp_path / "review", "segments", [shown("a"), shown("b")]) == 2
    faces = read_review(tmp_path / "review").faces
    assert [face.id for face in faces] == ["a", "b"]
    assert all(face.returned_pixels == face.mask_pixels for face in faces)
    assert (tmp_path / "review/images/b.jpg").is_file()


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    def broken() -> Iterator[ShownFace]:
        yield shown("a")
        raise ValueError("no")

    write(tmp_path / ".DS_Store", b"x")
    with pytest.raises(ValueError, match="no"):
        write_review(tmp_path, "segments", broken())
    assert [path.name for path in tmp_path.iterdir()] == [".DS_Store"]


def test_a_folder_with_files_and_an_unknown_format_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"x")
    with pytest.raises(FileExistsError, match="expected a new or empty folder"):
        check_new_review(tmp_path, "coco")
    with pytest.raises(ValueError, match="expected one of labelme, coco, segments"):
        check_new_review(tmp_path / "new", "paint")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
