"""Write a review: images and masks for an annotation tool, and the index last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from assets.review.formats import form_named
from assets.review.index import REVIEW_IMAGES, REVIEW_INDEX, ReviewFace, encode_review, pixels_sha256
from natocc.files.clutter import is_clutter
from natocc.geometry import Image
from shards import storage
from shards.check_output import check_folder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownFace:
    """A face's row in the index, the JPEG that is shown, and its mask (uint8 HxW)."""

    face: ReviewFace
    jpeg: bytes
    mask: Image


def check_new_review(out: Path, form: str) -> None:
    """Raise FileExistsError for a folder with files, ValueError for an unknown format, OSError."""
    form_named(form)
    if out.exists() and (not out.is_dir() or not all(is_clutter(path.name) for path in out.iterdir())):
        raise FileExistsError(f"{out}: expected a new or empty folder, got one with files in it")
    check_folder(str(out))


def write_review(out: Path, form: str, faces: Iterable[ShownFace]) -> int:
    """Write images, masks and ``review.json``; returns the number of faces.

    The rows get the pixels that a tool returns without any edit. What was written is removed on an error.
    """
    with _removed_on_error(out):
        (out / REVIEW_IMAGES).mkdir(parents=True)
        writer, written = form_named(form).writer(out), list[ReviewFace]()
        for shown in faces:
            storage.write_bytes(str(out / shown.face.image), shown.jpeg)
            returned = pixels_sha256(writer.add(shown.face, shown.mask))
            written.append(replace(shown.face, returned_pixels=returned))
        writer.close()
        storage.write_bytes(str(out / REVIEW_INDEX), encode_review(form, tuple(written)))
    return len(written)


@contextmanager
def _removed_on_error(out: Path) -> Iterator[None]:
    """Remove what the block has added to the folder if it ends by an error or a signal."""
    before = set(storage.list_names(str(out)))
    try:
        yield
    except BaseException:
        for name in set(storage.list_names(str(out))) - before:
            storage.remove(str(out / name))
        raise
