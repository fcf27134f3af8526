"""Files beside the photographs that no annotation file lists, and annotations whose photograph is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath

from assets.datasets.coco.listing import Listing, plain_name
from assets.problems import BadInput, ReportProblem
from assets.reading.folders import files_below, relative
from assets.reading.naming import normal
from assets.reading.tally import Tally
from assets.reading.unmatched import unmatched, unread_files
from natocc.files.clutter import is_clutter
from natocc.files.names import PICTURES


class NoPhotograph(BadInput):
    """The photograph of an annotation is missing; ``name`` with its folder."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the photograph {name}", "no such file")
        self.name = name


def report_unlisted(listing: Listing, folder: Path, raw: Path, report: ReportProblem) -> None:
    """Report the files of an annotation file's folder that it does not list, at any depth: pictures, others.

    A listed picture without an annotation is none of them: COCO has a thousand of these.
    """
    if not folder.is_dir():
        return
    pictures, others = Tally(), Tally()
    for path in _unlisted(listing, folder):
        (pictures if PurePath(path).suffix.lower() in PICTURES else others).add(path)
    if pictures:
        kind, todo = "pictures that no annotation file lists", "list them under images, or take them out"
        expected = "each picture in the images of its annotation file"
        report(unmatched(relative(folder, raw), kind, pictures, expected=expected, todo=todo))
    if others:
        report(unread_files(relative(folder, raw), others, "the photographs of its annotation file"))


def _unlisted(listing: Listing, folder: Path) -> Iterator[str]:
    """Paths of files relative to the folder. In the folder itself a name counts as listed with any folder."""
    images = [image.name for image in listing.images.values() if image]
    paths = {normal(plain_name(name, folder.name)) for name in images}
    names = {normal(PurePosixPath(name).name) for name in images}
    for path in files_below(folder, lambda name: not is_clutter(name)):
        known = normal(path) in (paths if "/" in path else names)
        # A folder is looked into.
        if not known and not (folder / path).is_dir():
            yield path
