"""COCO instances from every annotation file, with polygons or RLE."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from assets.datasets.coco.listing import Listing, read_listing
from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.folders import is_text
from assets.records import RawObject
from assets.text.sidecar import Sidecar
from natocc.files.read import open_file, what_is

COCO_FOLDER = "COCO"
COCO_LICENCE = "COCO: annotations CC BY 4.0, photographs under their own Flickr terms"
_EXPECTED = "COCO json with images, categories, annotations"


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
    if not is_text(path.name):
        report(Problem(path=where, expected="a name in UTF-8", got="other bytes"))
        return
    try:
        listing = read_listing(path, _image_folder(raw / COCO_FOLDER, path.stem.removeprefix("instances_")))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        got = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        report(Problem(path=where, expected=_EXPECTED, got=got))
        return
    except OSError as error:
        report(unreadable(error, _EXPECTED).problem(where))
        return
    _report_shared(listing, where, report)
    yield from _instances(path, listing, raw, sidecar, taken, report)


def _report_shared(listing: Listing, where: str, report: ReportProblem) -> None:
    shared = (("an image", listing.shared_images), ("a category", listing.shared_categories))
    for noun, ids in shared:
        if ids:
            expected, got = f"{noun} id of its own for each", f"ids that several have: {ids}; none is used"
            report(Problem(path=where, expected=expected, got=got))


def _instances(
    path: Path, listing: Listing, raw: Path, sidecar: Sidecar, taken: set[int], report: ReportProblem
) -> Iterator[RawObject]:
    """Yield the sound instances of a file. ``taken`` holds the ids of all files so far."""
    where = path.relative_to(raw).as_posix()
    # By id. Annotations without an id come first, in the order of the file.
    order = np.argsort(np.frombuffer(listing.ids, np.int64), kind="stable") if listing.ids else ()
    with open_file(path) as stream:
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


def _image_folder(folder: Path, split: str) -> Path:
    """The folder of a split's photographs. People unpack them to one of two places."""
    return folder / split if (folder / split).is_dir() else folder / "images" / split


@dataclass(frozen=True, slots=True, kw_only=True)
class _Annotation:
    """The fields of an annotation by type, and its image as the file lists it."""

    number: int
    category_id: int
    bbox: list[float]
    stated_bbox: object  # as in the file
    area: float
    segmentation: Any
    size: tuple[int, int]  # height, width
    file_name: PurePosixPath


def _parse(data: bytes, listing: Listing, raw: Path, sidecar: Sidecar) -> RawObject:
    """The instance. Raises BadInput."""
    found = _fields(data, listing)
    file = _photograph(found.file_name, listing.folder)
    category = _category(found.category_id, listing)
    _check_shape(found)
    row = sidecar.row_of(file.relative_to(raw / COCO_FOLDER).as_posix())
    return RawObject(
        id=f"{found.number:012d}",
        image=file,
        image_size=found.size,
        segmentation=found.segmentation,
        bbox=(found.bbox[0], found.bbox[1], found.bbox[2], found.bbox[3]),
        area=found.area,
        category=category,
        category_id=found.category_id,
        origin=row.origin(COCO_FOLDER, COCO_LICENCE),
    )


def _fields(data: bytes, listing: Listing) -> _Annotation:
    """The annotation and its image's entry. Raises BadInput for missing or mistyped fields."""
    try:
        annotation = json.loads(data)
        number, image_id, category_id = (int(annotation[name]) for name in ("id", "image_id", "category_id"))
        area, bbox = float(annotation.get("area") or 0), [float(v) for v in annotation["bbox"]]
        segmentation = annotation.get("segmentation")
        file_name, height, width = _image(image_id, listing)
        return _Annotation(
            number=number,
            category_id=category_id,
            bbox=bbox,
            stated_bbox=annotation["bbox"],
            area=area,
            segmentation=segmentation,
            size=(int(height), int(width)),
            file_name=PurePosixPath(file_name),
        )
    except BadInput:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        expected = "id, image_id, category_id, bbox, area and segmentation as COCO has them"
        raise BadInput(expected, f"{type(error).__name__}: {error}") from error


def _image(image_id: int, listing: Listing) -> tuple[Any, ...]:
    """``file_name``, ``height`` and ``width`` of an image as stored. Raises BadInput."""
    if image_id not in listing.images:
        raise BadInput("an image of its own file", f"image_id {image_id} that is not listed")
    image = listing.images[image_id]
    if image is None:
        raise BadInput("an image id of its own", f"image_id {image_id} of several images")
    return image


def _photograph(name: PurePosixPath, folder: Path) -> Path:
    """The file of a photograph. Raises BadInput if it is missing or outside the folder."""
    if name.is_absolute() or ".." in name.parts:
        raise BadInput(f"a photograph in {folder.name}", f"file_name {str(name)!r}")
    if not is_text(str(name)):
        raise BadInput("a file_name in UTF-8", f"{str(name)!r}")
    file = folder / name
    if what_is(file):
        raise BadInput(f"the photograph {folder.name}/{name}", "no such file")
    return file


def _category(category_id: int, listing: Listing) -> str:
    """The name of a category. Raises BadInput."""
    if category_id not in listing.categories:
        raise BadInput("a category of its own file", f"category_id {category_id}")
    category = listing.categories[category_id]
    if category is None:
        raise BadInput("a category id of its own", f"category_id {category_id} of several categories")
    return category


def _check_shape(found: _Annotation) -> None:
    """Raise BadInput for an annotation without segmentation, bounding box or area."""
    bbox, area = found.bbox, found.area
    if not found.segmentation:
        raise BadInput("polygons or RLE", "no segmentation")
    if len(bbox) != 4 or not all(math.isfinite(value) for value in (*bbox, area)):
        raise BadInput("a bbox of four numbers and an area", f"bbox {found.stated_bbox}, area {area:g}")
    if area <= 0 or min(bbox[2:]) <= 0:
        raise BadInput("an area above 0", "zero area")
