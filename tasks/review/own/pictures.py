"""The pictures of a test set of one's own, as annotators are shown them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assets.datasets.realocc import OCCLUDED_PICTURES
from assets.pictures.photograph import read_image
from assets.problems import BadInput, ReportProblem
from assets.reading.folders import by_stem, first_folder, pictures_in
from natocc.codecs import encode_jpeg
from tasks.prepare.entry import read_from


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPicture:
    """The JPEG that is shown, and its (height, width)."""

    jpeg: bytes
    size: tuple[int, int]


def own_pictures(own: Path, report: ReportProblem) -> dict[str, Path]:
    """The pictures of ``img`` (or ``image``) by their stems. Raises BadInput if there are none.

    Paths in messages are relative to the folder.
    """
    folder = first_folder(own, *OCCLUDED_PICTURES)
    found = {} if folder is None else by_stem(pictures_in(folder, own, report), own, report)
    if not found:
        got = "no such folder" if folder is None else "none"
        raise BadInput("pictures in its folder img", got, str(own))
    return found


def shown_picture(path: Path, own: Path) -> ShownPicture:
    """Read a picture; its own bytes are shown if they are an upright JPEG in sRGB. Raises BadInput."""
    picture = read_from(read_image, path, own)
    return ShownPicture(
        jpeg=picture.data if picture.plain_jpeg else encode_jpeg(picture.rgb),
        size=(picture.rgb.shape[0], picture.rgb.shape[1]),
    )
