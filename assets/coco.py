"""COCO instances: every annotation file, polygons and RLE alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.problems import Problem, Report
from assets.records import RawObject
from assets.sidecar import Sidecar

FOLDER = "COCO"
LICENCE = "COCO: annotations CC BY 4.0, photographs under their own Flickr terms"


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
        data = json.loads(path.read_text(encoding="utf-8"))
        images = {image["id"]: image for image in data["images"]}
        categories = {category["id"]: category["name"] for category in data["categories"]}
        annotations = sorted(data["annotations"], key=lambda annotation: int(annotation["id"]))
    except (ValueError, KeyError, TypeError) as error:
        got = f"{type(error).__name__}: {error}"
        report(Problem(path=where, expected="COCO json with images, categories, annotations", got=got))
        return
    folder = _image_folder(raw / FOLDER, path.stem.removeprefix("instances_"))
    for annotation in annotations:
        if annotation.get("iscrowd"):
            continue
        problem = _problem(annotation, images, categories, folder)
        if problem:
            report(
                Problem(path=f"{where} annotation {annotation['id']}", expected=problem[0], got=problem[1])
            )
            continue
        image = images[annotation["image_id"]]
        file = folder / image["file_name"]
        said = aside.of(file.relative_to(raw / FOLDER).as_posix())
        yield RawObject(
            id=f"{int(annotation['id']):012d}",
            image=file,
            image_size=(int(image["height"]), int(image["width"])),
            segmentation=annotation["segmentation"],
            bbox=tuple(float(value) for value in annotation["bbox"]),  # type: ignore[arg-type]
            area=float(annotation["area"]),
            category=categories[annotation["category_id"]],
            category_id=int(annotation["category_id"]),
            origin=said.origin(FOLDER, LICENCE),
        )


def _image_folder(folder: Path, split: str) -> Path:
    """Where the photographs of a split lie, of the two places people unpack them to."""
    return folder / split if (folder / split).is_dir() else folder / "images" / split


def _problem(
    annotation: dict[str, Any], images: dict[int, dict[str, Any]], categories: dict[int, str], folder: Path
) -> tuple[str, str] | None:
    """What is wrong with an annotation: (expected, got)."""
    image = images.get(annotation.get("image_id", -1))
    if image is None:
        return "an image of its own file", f"image_id {annotation.get('image_id')} that is not listed"
    if not (folder / image["file_name"]).is_file():
        return f"the photograph {folder.name}/{image['file_name']}", "no such file"
    if annotation.get("category_id") not in categories:
        return "a category of its own file", f"category_id {annotation.get('category_id')}"
    if not annotation.get("segmentation"):
        return "polygons or RLE", "no segmentation"
    if float(annotation.get("area") or 0) <= 0 or min(annotation.get("bbox", [0, 0, 0, 0])[2:]) <= 0:
        return "an area above 0", "zero area"
    return None
