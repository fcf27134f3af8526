"""Photographs that no annotation file lists, and annotations whose photograph is missing."""

from __future__ import annotations

from pathlib import Path, PurePath, PurePosixPath

from assets.datasets.coco.listing import Listing
from assets.problems import BadInput, ReportProblem
from assets.reading.folders import names_in, relative
from assets.reading.naming import normal
from assets.reading.unmatched import tally_of, unmatched
from natocc.files.names import PICTURES


class NoPhotograph(BadInput):
    """The photograph of an annotation is missing; ``name`` with its folder."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the photograph {name}", "no such file")
        self.name = name


def report_unlisted(listing: Listing, folder: Path, raw: Path, report: ReportProblem) -> None:
    """Report the pictures of an annotation file's folder that it does not list, in one line.

    A listed picture without an annotation is none of them: COCO has a thousand of these.
    """
    listed = {normal(PurePosixPath(image.name).name) for image in listing.images.values() if image}
    names = sorted(names_in(folder)) if folder.is_dir() else []
    pictures = (name for name in names if PurePath(name).suffix.lower() in PICTURES)
    if unlisted := tally_of(name for name in pictures if normal(name) not in listed):
        kind, todo = "pictures that no annotation file lists", "list them under images, or take them out"
        expected = "each picture in the images of its annotation file"
        report(unmatched(relative(folder, raw), kind, unlisted, expected=expected, todo=todo))
