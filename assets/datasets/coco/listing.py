"""The content of one COCO annotation file: images, categories, and where each annotation stands."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from assets.datasets.coco.categories import category_key, published_category
from assets.datasets.coco.remarks import Remarks
from assets.problems import BadInput
from assets.reading.flags import read_flag
from assets.reading.folders import is_text
from assets.reading.numbers import whole_number
from assets.text.json_stream import Piece, read_pieces
from natocc.files.read import check_pixels

# Characters of a category.
_LONGEST = 200
_MOST_ID = 2**62
_LISTS = ("images", "categories", "annotations")
# The reasons for which an annotation is skipped, by its flag.
_SKIPPED: Mapping[str, str] = {"iscrowd": "crowds", "ignore": "marked to be ignored"}
# A number, or a text that is none.
Key = int | str


class ListedImage(NamedTuple):
    """An image as listed; ``name`` is "" if the file names none, ``linked`` if ``coco_url`` names it."""

    name: str
    linked: bool
    height: object
    width: object


@dataclass(slots=True)
class Listing:
    """The images and categories of one file, and the position of each annotation in the file.

    ``skipped`` counts annotations that are not meant to be used, by reason.
    """

    # None if several images share the id. Likewise for categories.
    images: dict[Key, ListedImage | None] = field(default_factory=dict)
    categories: dict[Key, str | None] = field(default_factory=dict)
    # The folder of the photographs, and plain names of files that several images have.
    folder: str = ""
    doubled: set[str] = field(default_factory=set)
    remarks: Remarks = field(default_factory=Remarks)
    skipped: Counter[str] = field(default_factory=Counter)
    ids: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[int] = field(default_factory=lambda: array("q"))


def read_listing(path: Path, folder: str = "") -> Listing:
    """Read the file once. ``folder`` is the name of its photographs' folder.

    Raises ValueError if the file is damaged or lacks one of the three lists.
    """
    listing, there, found = Listing(folder=folder), set[str](), Counter[str]()
    # The image of each file_name, and the first spelling of each category.
    files, names = dict[str, Key](), dict[str, str]()
    for piece in read_pieces(path):
        there.add(piece.key)
        if piece.value == [] or piece.key not in _LISTS:
            continue
        number = found[piece.key]
        found[piece.key] += 1
        # A repeated key of an annotation is found when it is read.
        if piece.repeated and piece.key != "annotations":
            raise ValueError(f"the key {piece.repeated!r} twice in one object of {piece.key}")
        if piece.key == "images":
            _add_image(listing, piece.value, number, files)
        elif piece.key == "categories":
            _add_category(listing, piece.value, number, names)
        else:
            _add_annotation(listing, piece, number)
    if absent := [name for name in _LISTS if name not in there]:
        raise ValueError(f"no {', '.join(absent)}")
    return listing


def key_of(value: object) -> Key | None:
    """An id of an image or a category: a number, also as text, or any other text; None for anything else."""
    number = whole_number(value)
    if number is not None:
        return number
    return value.strip() or None if isinstance(value, str) and is_text(value) else None


def annotation_id(value: object) -> int | None:
    """The id of an annotation, a number from 0, also as text; None for anything else."""
    number = whole_number(value)
    return number if number is not None and 0 <= number < _MOST_ID else None


def plain_name(name: str, folder: str) -> str:
    """A ``file_name`` without ``./`` and without the photographs' folder: one spelling for one file.

    >>> plain_name("./train2017/1.jpg", "train2017"), plain_name("images/train2017/1.jpg", "train2017")
    ('1.jpg', '1.jpg')
    """
    parts = PurePosixPath(name).parts
    for leading in (("images", folder), (folder,)):
        if len(parts) > len(leading) and parts[: len(leading)] == leading:
            return "/".join(parts[len(leading) :])
    return "/".join(parts)


def stated_size(image: ListedImage) -> tuple[int, int]:
    """Height and width of an image, within the bound of pixels: outlines are drawn at it. Raises BadInput."""
    height, width = whole_number(image.height), whole_number(image.width)
    if not height or not width or min(height, width) < 1:
        got = f"height {shown_value(image.height)}, width {shown_value(image.width)}"
        raise BadInput("an image with height and width in pixels", got)
    if fault := check_pixels(width, height):
        raise BadInput("an image with the height and width of its photograph", fault)
    return height, width


def shown_value(value: object) -> str:
    """A value as the file has it: none for null, true for true."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _add_annotation(listing: Listing, piece: Piece, number: int) -> None:
    """Add the position of an annotation, unless it is to be skipped. Without an id it is -1."""
    value = piece.value
    if isinstance(value, dict):
        for name, reason in _SKIPPED.items():
            if _is_set(value, name):
                listing.skipped[reason] += 1
                return
    known = annotation_id(value.get("id")) if isinstance(value, dict) else None
    listing.ids.append(-1 if known is None else known)
    listing.starts.append(piece.start)
    listing.ends.append(piece.end)
    listing.numbers.append(number)


def check_flags(annotation: Mapping[str, Any]) -> None:
    """Raise BadInput for a flag that cannot be read."""
    for name in _SKIPPED:
        if value := annotation.get(name):
            read_flag(value, name)


def _is_set(annotation: Mapping[str, Any], name: str) -> bool:
    """Whether a flag is set. One that cannot be read is not; the second pass refuses its annotation."""
    if not (value := annotation.get(name)):
        return False
    try:
        return read_flag(value, name)
    except BadInput:
        return False


def _add_image(listing: Listing, value: object, number: int, files: dict[str, Key]) -> None:
    key = key_of(value.get("id")) if isinstance(value, dict) else None
    if key is None or not isinstance(value, dict):
        listing.remarks.add("images", f"images[{number}]")
        return
    image = _image(value)
    plain = plain_name(image.name, listing.folder)
    shared = bool(image.name) and not image.linked and files.setdefault(plain, key) != key
    if shared and plain not in listing.doubled:
        listing.doubled.add(plain)
        listing.remarks.add("file names", image.name)
    if key not in listing.images:
        listing.images[key] = image
    elif listing.images[key] is not None:
        # Neither is used, since the number is ambiguous.
        listing.remarks.add("image ids", str(key))
        listing.images[key] = None


def _image(value: dict[str, Any]) -> ListedImage:
    """The entry. A file without file_name (LVIS) gives the photograph's folder and name as a link."""
    height, width = value.get("height"), value.get("width")
    name, link = value.get("file_name"), value.get("coco_url")
    if isinstance(name, str) and name:
        return ListedImage(name.replace("\\", "/"), False, height, width)
    if isinstance(link, str):
        return ListedImage("/".join(unquote(urlsplit(link).path).split("/")[-2:]), True, height, width)
    return ListedImage("", False, height, width)


def _add_category(listing: Listing, value: object, number: int, names: dict[str, str]) -> None:
    key = key_of(value.get("id")) if isinstance(value, dict) else None
    name = _named(value.get("name")) if isinstance(value, dict) else None
    if key is None or name is None:
        listing.remarks.add("categories", f"categories[{number}]" if key is None else f"id {key}")
        return
    published = published_category(name)
    if key in listing.categories:
        if listing.categories[key] is not None:
            listing.remarks.add("category ids", str(key))
            listing.categories[key] = None
        return
    if published and published[0] != key:
        listing.remarks.add("other ids", f"{key} {published[1]}")
    spelling, plain = published[1] if published else name, category_key(name)
    if plain in names:
        listing.remarks.add("same names", name)
    listing.categories[key] = names.setdefault(plain, spelling)


def _named(name: object) -> str | None:
    """The name of a category, which becomes a value of the bank's table; None if it cannot."""
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST or not is_text(name):
        return None
    return name
