"""COCO instances: every annotation file, polygons and RLE alike."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from assets.problems import Problem, Report
from assets.records import RawObject
from assets.sidecar import Sidecar

FOLDER = "COCO"
LICENCE = "COCO: annotations CC BY 4.0, photographs under their own Flickr terms"


class _Faulty(ValueError):
    """An annotation that can't be used: (expected, got)."""

    def __init__(self, expected: str, got: str) -> None:
        self.expected, self.got = expected, got
        super().__init__(f"expected {expected}, got {got}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """What the annotations of one file refer to."""

    images: dict[int, dict[str, Any]]
    categories: dict[int, str]
    folder: Path


def read_objects(raw: Path, report: Report) -> Iterator[RawObject]:
    """Yield non-crowd instances by file name, then annotation id.

    An annotation of a missing photograph, without outline, without area or of an unknown category is
    a Problem. Photographs of ``instances_train2017.json`` lie in ``train2017`` or ``images/train2017``.
    """
    folder = raw / FOLDER
    aside = Sidecar(folder, raw, report)
    files = sorted((folder / "annotations").glob("instances_*.json"))
    if not files:
        where = f"{FOLDER}/annotations"
        report(Problem(path=where, expected="instances_*.json", got="no annotation file"))
    for path in files:
        yield from _read_file(path, raw, aside, report)


def _read_file(path: Path, raw: Path, aside: Sidecar, report: Report) -> Iterator[RawObject]:
    where = path.relative_to(raw).as_posix()
    try:
        data = json.loads(path.read_bytes())
        listing = _Listing(
            images={image["id"]: image for image in data["images"]},
            categories={category["id"]: str(category["name"]) for category in data["categories"]},
            folder=_image_folder(raw / FOLDER, path.stem.removeprefix("instances_")),
        )
        annotations = list(enumerate(data["annotations"]))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        got = f"{type(error).__name__}: {error}"
        report(Problem(path=where, expected="COCO json with images, categories, annotations", got=got))
        return
    for number, annotation in sorted(annotations, key=_order):
        if isinstance(annotation, dict) and annotation.get("iscrowd"):
            continue
        try:
            yield _parse(annotation, listing, raw, aside)
        except _Faulty as error:
            name = _name(number, annotation)
            report(Problem(path=f"{where} {name}", expected=error.expected, got=error.got))


def _order(numbered: tuple[int, Any]) -> tuple[int, int]:
    """By id; annotations without one keep their place in the file, before all others."""
    number, annotation = numbered
    known = isinstance(annotation, dict) and type(annotation.get("id")) is int
    return (annotation["id"] if known else -1), number


def _name(number: int, annotation: Any) -> str:
    known = isinstance(annotation, dict) and type(annotation.get("id")) is int
    return f"annotation {annotation['id']}" if known else f"annotations[{number}]"


def _image_folder(folder: Path, split: str) -> Path:
    """Where the photographs of a split lie, of the two places people unpack them to."""
    return folder / split if (folder / split).is_dir() else folder / "images" / split


def _parse(annotation: Any, listing: _Listing, raw: Path, aside: Sidecar) -> RawObject:
    """The instance. Raises _Faulty."""
    try:
        number, image_id, category_id = (int(annotation[name]) for name in ("id", "image_id", "category_id"))
        area, bbox = float(annotation.get("area") or 0), [float(v) for v in annotation["bbox"]]
        segmentation = annotation.get("segmentation")
        image = listing.images.get(image_id)
        if image is None:
            raise _Faulty("an image of its own file", f"image_id {image_id} that is not listed")
        size, name = (int(image["height"]), int(image["width"])), PurePosixPath(image["file_name"])
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        if isinstance(error, _Faulty):
            raise
        expected = "id, image_id, category_id, bbox, area and segmentation as COCO has them"
        raise _Faulty(expected, f"{type(error).__name__}: {error}") from error
    if name.is_absolute() or ".." in name.parts:
        raise _Faulty(f"a photograph in {listing.folder.name}", f"file_name {str(name)!r}")
    file = listing.folder / name
    if not file.is_file():
        raise _Faulty(f"the photograph {listing.folder.name}/{name}", "no such file")
    if category_id not in listing.categories:
        raise _Faulty("a category of its own file", f"category_id {category_id}")
    if not segmentation:
        raise _Faulty("polygons or RLE", "no segmentation")
    if len(bbox) != 4 or not all(math.isfinite(value) for value in (*bbox, area)):
        raise _Faulty("a bbox of four numbers and an area", f"bbox {annotation['bbox']}, area {area:g}")
    if area <= 0 or min(bbox[2:]) <= 0:
        raise _Faulty("an area above 0", "zero area")
    said = aside.of(file.relative_to(raw / FOLDER).as_posix())
    return RawObject(
        id=f"{number:012d}",
        image=file,
        image_size=size,
        segmentation=segmentation,
        bbox=(bbox[0], bbox[1], bbox[2], bbox[3]),
        area=area,
        category=listing.categories[category_id],
        category_id=category_id,
        origin=said.origin(FOLDER, LICENCE),
    )
