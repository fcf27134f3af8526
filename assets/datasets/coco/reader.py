"""COCO instances from every annotation file, with polygons or RLE."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np

from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.tally import Tally
from assets.records import RawObject
from assets.text.json_stream import read_pieces
from assets.text.sidecar import Sidecar

COCO_FOLDER = "COCO"
COCO_LICENCE = "COCO: annotations CC BY 4.0, photographs under their own Flickr terms"
_Entry = TypeVar("_Entry")


@dataclass(slots=True)
class _Listing:
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


def read_objects(raw: Path, report: ReportProblem) -> Iterator[RawObject]:
    """Yield non-crowd instances by file name, then annotation id.

    An annotation is a Problem if its photograph is missing, it has neither polygon nor RLE, it has no area,
    its category is unknown, or another annotation has its id. If several images or categories share an id,
    the id is ambiguous: its annotations are Problems, and so is the file. Photographs of
    ``instances_train2017.json`` are in ``train2017`` or ``images/train2017``. A file is read twice. Memory
    holds its images and the positions of its annotations, not the annotations.
    """
    folder = raw / COCO_FOLDER
    sidecar = Sidecar(folder, raw, report)
    files = sorted((folder / "annotations").glob("instances_*.json"))
    if not files:
        where = f"{COCO_FOLDER}/annotations"
        report(Problem(path=where, expected="instances_*.json", got="no annotation file"))
    taken: set[int] = set()
    for path in files:
        yield from _read_file(path, raw, sidecar, taken, report)


def _read_file(
    path: Path, raw: Path, sidecar: Sidecar, taken: set[int], report: ReportProblem
) -> Iterator[RawObject]:
    where = path.relative_to(raw).as_posix()
    try:
        listing = _list(path, _image_folder(raw / COCO_FOLDER, path.stem.removeprefix("instances_")))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        got = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        report(Problem(path=where, expected="COCO json with images, categories, annotations", got=got))
        return
    shared = (("an image", listing.shared_images), ("a category", listing.shared_categories))
    for noun, ids in shared:
        if ids:
            expected, got = f"{noun} id of its own for each", f"ids that several have: {ids}; none is used"
            report(Problem(path=where, expected=expected, got=got))
    # By id. Annotations without an id come first, in the order of the file.
    order = np.argsort(np.frombuffer(listing.ids, np.int64), kind="stable") if listing.ids else ()
    with path.open("rb") as stream:
        for at in order:
            stream.seek(listing.starts[at])
            data = stream.read(listing.ends[at] - listing.starts[at])
            try:
                thing = _parse(data, listing, raw, sidecar)
                if int(thing.id) in taken:
                    raise BadInput("an id of its own", f"the id {int(thing.id)} of another annotation")
            except BadInput as error:
                known = listing.ids[at] >= 0
                name = f"annotation {listing.ids[at]}" if known else f"annotations[{listing.numbers[at]}]"
                report(error.problem(f"{where} {name}"))
                continue
            taken.add(int(thing.id))
            yield thing


def _list(path: Path, folder: Path) -> _Listing:
    """Read the file once. Raises ValueError, and the errors of members with unexpected types."""
    listing, number, there = _Listing(folder), 0, set()
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
            _enter(listing.categories, value["id"], str(value["name"]), listing.shared_categories)
        elif piece.key == "annotations":
            known = isinstance(value, dict) and type(value.get("id")) is int and 0 <= value["id"] < 2**62
            if not (isinstance(value, dict) and value.get("iscrowd")):
                listing.ids.append(value["id"] if known else -1)
                listing.starts.append(piece.start)
                listing.ends.append(piece.end)
                listing.numbers.append(number)
            number += 1
    if absent := [name for name in ("images", "categories", "annotations") if name not in there]:
        raise ValueError(f"no {', '.join(absent)}")
    return listing


def _enter(into: dict[int, _Entry | None], number: int, entry: _Entry, shared: Tally) -> None:
    """Drop both entries if two share a number, as the number is ambiguous."""
    if number not in into:
        into[number] = entry
    elif into[number] is not None:
        shared.add(str(number))
        into[number] = None


def _image_folder(folder: Path, split: str) -> Path:
    """The folder of a split's photographs. People unpack them to one of two places."""
    return folder / split if (folder / split).is_dir() else folder / "images" / split


def _parse(data: bytes, listing: _Listing, raw: Path, sidecar: Sidecar) -> RawObject:
    """The instance. Raises BadInput."""
    try:
        annotation = json.loads(data)
        number, image_id, category_id = (int(annotation[name]) for name in ("id", "image_id", "category_id"))
        area, bbox = float(annotation.get("area") or 0), [float(v) for v in annotation["bbox"]]
        segmentation = annotation.get("segmentation")
        if image_id not in listing.images:
            raise BadInput("an image of its own file", f"image_id {image_id} that is not listed")
        image = listing.images[image_id]
        if image is None:
            raise BadInput("an image id of its own", f"image_id {image_id} of several images")
        size, name = (int(image[1]), int(image[2])), PurePosixPath(image[0])
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        if isinstance(error, BadInput):
            raise
        expected = "id, image_id, category_id, bbox, area and segmentation as COCO has them"
        raise BadInput(expected, f"{type(error).__name__}: {error}") from error
    if name.is_absolute() or ".." in name.parts:
        raise BadInput(f"a photograph in {listing.folder.name}", f"file_name {str(name)!r}")
    file = listing.folder / name
    if not file.is_file():
        raise BadInput(f"the photograph {listing.folder.name}/{name}", "no such file")
    if category_id not in listing.categories:
        raise BadInput("a category of its own file", f"category_id {category_id}")
    category = listing.categories[category_id]
    if category is None:
        raise BadInput("a category id of its own", f"category_id {category_id} of several categories")
    if not segmentation:
        raise BadInput("polygons or RLE", "no segmentation")
    if len(bbox) != 4 or not all(math.isfinite(value) for value in (*bbox, area)):
        raise BadInput("a bbox of four numbers and an area", f"bbox {annotation['bbox']}, area {area:g}")
    if area <= 0 or min(bbox[2:]) <= 0:
        raise BadInput("an area above 0", "zero area")
    row = sidecar.row_of(file.relative_to(raw / COCO_FOLDER).as_posix())
    return RawObject(
        id=f"{number:012d}",
        image=file,
        image_size=size,
        segmentation=segmentation,
        bbox=(bbox[0], bbox[1], bbox[2], bbox[3]),
        area=area,
        category=category,
        category_id=category_id,
        origin=row.origin(COCO_FOLDER, COCO_LICENCE),
    )
