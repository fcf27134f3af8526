"""The content of one COCO annotation file: images, categories, and where each annotation stands."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from assets.reading.folders import is_text
from assets.reading.tally import Tally
from assets.text.json_stream import Piece, read_pieces

# Characters of a category.
_LONGEST = 200
_Entry = TypeVar("_Entry")


@dataclass(slots=True)
class Listing:
    """The images and categories of one file, and the position of each annotation in the file."""

    folder: Path
    # file_name, height and width as stored; None if several images share the id. Likewise for categories.
    images: dict[int, tuple[Any, ...] | None] = field(default_factory=dict)
    categories: dict[int, str | None] = field(default_factory=dict)
    shared_images: Tally = field(default_factory=Tally)
    shared_categories: Tally = field(default_factory=Tally)
    ids: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[int] = field(default_factory=lambda: array("q"))


def read_listing(path: Path, folder: Path) -> Listing:
    """Read the file once. Raises ValueError, and the errors of members with unexpected types."""
    listing, number, there = Listing(folder), 0, set()
    for piece in read_pieces(path):
        there.add(piece.key)
        value = piece.value
        if value == []:
            continue
        if piece.key == "images":
            image = value["id"]
            stored = tuple(value.get(name) for name in ("file_name", "height", "width"))
            _enter(listing.images, image, stored, listing.shared_images)
        elif piece.key == "categories":
            _enter(listing.categories, value["id"], _named(value["name"]), listing.shared_categories)
        elif piece.key == "annotations":
            _add_annotation(listing, piece, number)
            number += 1
    if absent := [name for name in ("images", "categories", "annotations") if name not in there]:
        raise ValueError(f"no {', '.join(absent)}")
    return listing


def _add_annotation(listing: Listing, piece: Piece, number: int) -> None:
    """Add the position of an annotation, unless it is a crowd. An id that is no plain number becomes -1."""
    value = piece.value
    if isinstance(value, dict) and value.get("iscrowd"):
        return
    known = isinstance(value, dict) and type(value.get("id")) is int and 0 <= value["id"] < 2**62
    listing.ids.append(value["id"] if known else -1)
    listing.starts.append(piece.start)
    listing.ends.append(piece.end)
    listing.numbers.append(number)


def _named(name: object) -> str:
    """The name of a category, which becomes a value of the bank's table."""
    if not isinstance(name, str) or len(name) > _LONGEST or not is_text(name):
        raise ValueError(f"a category's name {name!r}")
    return name


def _enter(into: dict[int, _Entry | None], number: int, entry: _Entry, shared: Tally) -> None:
    """Drop both entries if two share a number, as the number is ambiguous."""
    if number not in into:
        into[number] = entry
    elif into[number] is not None:
        shared.add(str(number))
        into[number] = None
