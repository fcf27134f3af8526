"""COCO: one ``annotations.json`` for all images, with run lengths or polygons.

Annotations of an image are painted in the file's order: ``face`` adds pixels, ``hole`` removes them. The
polygons of one annotation form one shape.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from pydantic import BaseModel, FiniteFloat, ValidationError

from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.review.index import (
    FACE_LABEL,
    HOLE_LABEL,
    REVIEW_VERDICTS,
    Answer,
    Review,
    ReviewFace,
    face_of,
    file_date,
    first,
    verdict_of,
)
from assets.review.shapes import bitmap_shape, check_label, check_size, new_mask, paint, polygon_shape
from assets.wording import count_of
from natocc.files.read import is_there, read_table_bytes
from natocc.geometry import Image
from natocc.masks.rle import decode_runs
from natocc.masks.scaling import enlarge_mask

_EXPECTED = "annotations as COCO's instances"
COCO_FILE = "annotations.json"
# The file's place in CVAT's archives.
_ELSEWHERE = "annotations/instances_default.json"


class _Info(BaseModel):
    contributor: str | None = ""
    date_created: str | None = ""


class _Picture(BaseModel):
    id: int
    file_name: str
    height: int
    width: int


class _Runs(BaseModel):
    counts: list[int] | str
    size: tuple[int, int]


class _Annotation(BaseModel):
    image_id: int
    category_id: int
    segmentation: _Runs | list[list[FiniteFloat]]
    attributes: dict[str, Any] = {}


class _Category(BaseModel):
    id: int
    name: str


class _File(BaseModel):
    info: _Info = _Info()
    images: list[_Picture]
    annotations: list[_Annotation]
    categories: list[_Category]


class CocoWriter:
    """Compressed run lengths of the image's size: exact, and readable by any tool that shows COCO masks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._images: list[dict[str, object]] = []
        self._annotations: list[dict[str, object]] = []

    def add(self, face: ReviewFace, mask: Image) -> Image:
        large = enlarge_mask(mask, face.image_size)
        runs = coco_mask.encode(np.asfortranarray((large > 0).astype(np.uint8)))
        height, width = face.image_size
        self._images.append(
            {"id": face.order, "file_name": Path(face.image).name, "height": height, "width": width}
        )
        self._annotations.append(
            {
                "id": face.order,
                "image_id": face.order,
                "category_id": 1,
                "segmentation": {"size": [height, width], "counts": runs["counts"].decode("ascii")},
                "area": int(coco_mask.area(runs)),
                "bbox": coco_mask.toBbox(runs).tolist(),
                "iscrowd": 0,
                "attributes": dict.fromkeys(REVIEW_VERDICTS, False),
            }
        )
        return mask

    def close(self) -> None:
        """Write the file."""
        file = {
            "info": {"description": "faces to review", "contributor": "", "date_created": ""},
            "licenses": [],
            "images": self._images,
            "annotations": self._annotations,
            "categories": [
                {"id": number, "name": name} for number, name in enumerate((FACE_LABEL, HOLE_LABEL), 1)
            ],
        }
        (self._folder / COCO_FILE).write_text(json.dumps(file), encoding="utf-8")


def read_coco(folder: Path, review: Review, report: ReportProblem) -> Iterator[Answer]:
    """Yield an answer for each image that the file lists, in its order.

    An image with a fault gives Problems and no answer. Raises FileNotFoundError if the file does not exist,
    ValueError if it is damaged.
    """
    path = next((file for file in (folder / COCO_FILE, folder / _ELSEWHERE) if is_there(file)), None)
    if path is None:
        raise FileNotFoundError(f"{folder}: expected {COCO_FILE} or {_ELSEWHERE} in it, got neither")
    try:
        file = _File.model_validate_json(read_table_bytes(path))
    except ValidationError as error:
        raise BadInput(_EXPECTED, first(error), str(path)) from error
    except OSError as error:
        raise unreadable(error, _EXPECTED, str(path)) from error
    where = path.relative_to(folder).as_posix()
    labels = {category.id: category.name for category in file.categories}
    by_image: dict[int, list[tuple[int, _Annotation]]] = defaultdict(list)
    for number, annotation in enumerate(file.annotations):
        by_image[annotation.image_id].append((number, annotation))
    date, date_from = _date_of(file.info, path)
    for picture in file.images:
        here = f"{where} {picture.file_name}"
        stem = Path(picture.file_name.replace("\\", "/")).stem
        annotations = by_image.pop(picture.id, [])
        if (face := face_of(here, stem, review, report)) is None:
            continue
        faults: list[Problem] = []
        mask = _mask_of(picture, annotations, labels, face, where, faults.append)
        ticked = {
            name: any(_is_on(annotation, name) for _, annotation in annotations) for name in REVIEW_VERDICTS
        }
        verdict = verdict_of(ticked, here, faults.append)
        for fault in faults:
            report(fault)
        if not faults:
            yield Answer(
                face=face,
                form="coco",
                path=path,
                mask=mask,
                verdict=verdict,
                tool="coco",
                date=date,
                date_from=date_from,
                who=(file.info.contributor or "").strip(),
            )
    for number, annotation in sorted(pair for pairs in by_image.values() for pair in pairs):
        expected, got = "the id of an image of this file", f"image_id {annotation.image_id}"
        report(Problem(path=f"{where} annotations.{number}", expected=expected, got=got))


def _mask_of(
    picture: _Picture,
    annotations: list[tuple[int, _Annotation]],
    labels: dict[int, str],
    face: ReviewFace,
    where: str,
    report: ReportProblem,
) -> Image:
    mask = new_mask(face)
    if (picture.height, picture.width) != face.image_size:
        expected = f"the image's size {face.image_size[1]}x{face.image_size[0]}"
        got = f"{picture.width}x{picture.height}"
        report(Problem(path=f"{where} {picture.file_name}", expected=expected, got=got))
        return mask
    for number, annotation in annotations:
        try:
            label = labels.get(annotation.category_id, f"category {annotation.category_id}")
            check_label(label)
            paint(mask, label, _pixels_of(annotation.segmentation, face))
        except BadInput as error:
            place = f"{where} annotations.{number} of {picture.file_name}"
            report(error.problem(place))
    return mask


def _pixels_of(segmentation: _Runs | list[list[float]], face: ReviewFace) -> Image:
    if isinstance(segmentation, _Runs):
        check_size(segmentation.size, face)
        try:
            return bitmap_shape(decode_runs(segmentation.counts, segmentation.size), face)
        except BadInput:
            raise
        except ValueError as error:
            raise BadInput("run lengths that fill the image", str(error)) from error
    if not segmentation:
        raise BadInput("polygons or run lengths", "none: a box is no mask")
    shape = new_mask(face)
    for numbers in segmentation:
        if len(numbers) % 2:
            raise BadInput("a polygon of pairs x, y", count_of(len(numbers), "numbers"))
        shape |= polygon_shape(list(zip(numbers[::2], numbers[1::2], strict=True)), face)
    return shape


def _is_on(annotation: _Annotation, name: str) -> bool:
    """Whether a verdict is ticked: tools write true, 1 or a word."""
    return str(annotation.attributes.get(name, "")).lower() in ("true", "1", "yes")


def _date_of(info: _Info, path: Path) -> tuple[str, str]:
    """The date that the file states, in any format, else the file's own date."""
    stated = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", info.date_created or "")
    try:
        if stated:
            return date(*(int(part) for part in stated.groups())).isoformat(), "annotation file"
    except ValueError:
        pass
    return file_date(path), "file time"
