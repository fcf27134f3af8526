"""LabelMe: a JSON file beside each image, with polygons and bitmaps (its versions 5 and 6).

``face`` adds pixels, ``hole`` removes them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL.Image import DecompressionBombError
from pydantic import BaseModel, Field, ValidationError

from assets.pictures.mask import decode_mask
from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.outlines import check_pixels_meant, points_of, sound_points
from assets.review.index import (
    FACE_LABEL,
    HOLE_LABEL,
    REVIEW_IMAGES,
    REVIEW_INDEX,
    REVIEW_VERDICTS,
    Answer,
    Review,
    ReviewFace,
    face_of,
    file_date,
    first,
    ticked,
    verdict_of,
)
from assets.review.shapes import (
    OUTSIDE,
    DrawnShape,
    bitmap_shape,
    label_of,
    new_mask,
    paint_shapes,
    polygon_shape,
    report_left_out,
)
from assets.review.strays import names_face, stray_answers
from assets.text.strict_json import read_json_text
from assets.wording import count_of
from natocc.files.clutter import is_clutter
from natocc.files.pictures import open_picture
from natocc.geometry import Image
from natocc.masks.polygons import trace_polygons
from shards import storage

# The version of the layout that is written. LabelMe replaces it by its own when it saves.
_VERSION = "5.5.0"
_EXPECTED = "a JSON file of LabelMe"


class _Shape(BaseModel):
    label: str
    points: Any
    shape_type: str = "polygon"
    mask: str | None = None
    flags: dict[str, Any] | None = None


class _File(BaseModel):
    version: str = ""
    flags: dict[str, Any] | None = None
    shapes: list[_Shape]
    image: str = Field(alias="imagePath")
    height: int | None = Field(default=None, alias="imageHeight")
    width: int | None = Field(default=None, alias="imageWidth")


class LabelmeWriter:
    """Polygons in pixels of the image, to a hundredth; verdicts are the file's flags."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, face: ReviewFace, mask: Image) -> Image:
        """Write the JSON file; returns the mask that its polygons produce."""
        scale = np.array([face.image_size[1] / mask.shape[1], face.image_size[0] / mask.shape[0]])
        shapes, drawn = [], []
        for polygon in trace_polygons(mask):
            points = np.round(polygon.corners * scale, 2)
            label = HOLE_LABEL if polygon.hole else FACE_LABEL
            drawn.append(DrawnShape(label=label, pixels=polygon_shape(points, face), place=""))
            shapes.append(
                {
                    "label": label,
                    "points": points.tolist(),
                    "group_id": None,
                    "description": "",
                    "shape_type": "polygon",
                    "flags": {},
                    "mask": None,
                }
            )
        file = {
            "version": _VERSION,
            "flags": dict.fromkeys(REVIEW_VERDICTS, False),
            "shapes": shapes,
            "imagePath": Path(face.image).name,
            "imageData": None,
            "imageHeight": face.image_size[0],
            "imageWidth": face.image_size[1],
        }
        path = self._folder / REVIEW_IMAGES / f"{face.id}.json"
        storage.write_bytes(str(path), json.dumps(file, indent=1).encode())
        return paint_shapes(drawn, face, lambda problem: None)

    def close(self) -> None:
        """Do nothing: each file is complete."""


def read_labelme(folder: Path, review: Review, report: ReportProblem) -> Iterator[Answer]:
    """Yield the answers of the JSON files among the images and beside the index, ordered by their names.

    A file with a fault gives Problems and no answer, and so does a face's JSON file in another folder or with
    another suffix. Other files are ignored.
    """
    paths = [path for place in (folder / REVIEW_IMAGES, folder) for path in sorted(place.glob("*.json"))]
    expected = f"a face's answer as .json in {REVIEW_IMAGES} or beside {REVIEW_INDEX}"
    for problem in stray_answers(folder, paths, lambda path: names_face(path, review), expected):
        report(problem)
    for path in (path for path in paths if not is_clutter(path.name)):
        where = path.relative_to(folder).as_posix()
        if where == REVIEW_INDEX or (face := face_of(where, path.stem, review, report)) is None:
            continue
        try:
            file = _File.model_validate_json(read_json_text(path, _EXPECTED, where))
        except ValidationError as error:
            report(Problem(path=where, expected=_EXPECTED, got=first(error)))
            continue
        except BadInput as error:
            report(error.problem(where))
            continue
        faults: list[Problem] = []
        mask = _mask_of(file, face, where, faults.append)
        verdict = _verdict_of(file, where, faults.append)
        for fault in faults:
            report(fault)
        if not any(fault.action == "refused" for fault in faults):
            yield Answer(
                face=face,
                form="labelme",
                path=path,
                mask=mask,
                verdict=verdict,
                tool=f"labelme {file.version}".strip(),
                date=file_date(path),
                date_from="file time",
            )


def _mask_of(file: _File, face: ReviewFace, where: str, report: ReportProblem) -> Image:
    name = file.image.replace("\\", "/").rpartition("/")[2]
    if Path(name).stem != face.id:
        report(Problem(path=where, expected=f"the image {Path(face.image).name}", got=repr(name)))
    if (file.height, file.width) not in ((None, None), face.image_size):
        expected = f"the image's size {face.image_size[1]}x{face.image_size[0]}"
        report(Problem(path=where, expected=expected, got=f"{file.width}x{file.height}"))
        return new_mask(face)
    shapes = []
    for number, shape in enumerate(file.shapes):
        place = f"{where} shapes.{number}"
        try:
            label = label_of(shape.label)
            if on := sorted(name for name, is_on in ticked(shape.flags or {}).items() if is_on):
                raise BadInput("verdicts among the file's flags", f"{', '.join(on)} on a shape")
            shapes.append(DrawnShape(label=label, pixels=_pixels_of(shape, face, place, report), place=place))
        except BadInput as error:
            report(error.problem(place))
    return paint_shapes(shapes, face, report)


def _verdict_of(file: _File, where: str, report: ReportProblem) -> str | None:
    try:
        return verdict_of(ticked(file.flags or {}), where, report)
    except BadInput as error:
        report(error.problem(where))
        return None


def _pixels_of(shape: _Shape, face: ReviewFace, place: str, report: ReportProblem) -> Image:
    if shape.shape_type == "polygon":
        corners, left_out = sound_points(shape.points, face.image_size, OUTSIDE)
        check_pixels_meant([corners.ravel()])
        report_left_out(left_out, place, report)
        return polygon_shape(corners, face)
    if shape.shape_type == "mask":
        return bitmap_shape(_bitmap_of(shape, face), face)
    raise BadInput("a polygon or a mask", f"a {shape.shape_type}; draw it as a polygon")


def _bitmap_of(shape: _Shape, face: ReviewFace) -> Image:
    """The bitmap placed into an image of the full size; both corners of its box belong to it."""
    points = points_of(shape.points)
    if len(points) != 2 or not np.isfinite(points).all():
        raise BadInput("a mask with the 2 corners of its box", count_of(len(points), "points"))
    (x0, y0), (x1, y1) = ((int(x), int(y)) for x, y in points.tolist())
    height, width = face.image_size
    if not (0 <= x0 <= x1 < width and 0 <= y0 <= y1 < height):
        raise BadInput(f"a mask on the image of {width}x{height}", f"a box from {x0},{y0} to {x1},{y1}")
    whole = np.zeros(face.image_size, np.uint8)
    whole[y0 : y1 + 1, x0 : x1 + 1] = _pixels_of_box(shape.mask or "", x1 - x0 + 1, y1 - y0 + 1)
    return whole


def _pixels_of_box(text: str, width: int, height: int) -> Image:
    """The bitmap of a box's size. Its header is compared before the pixels are decoded."""
    try:
        data = base64.b64decode(text, validate=True)
        with open_picture(data, ("PNG",)) as picture:
            found = picture.size
        if found != (width, height):
            raise BadInput(f"a mask of its box's size {width}x{height}", f"{found[0]}x{found[1]}")
        return decode_mask(data).plane
    except BadInput:
        raise
    except (OSError, ValueError, SyntaxError, DecompressionBombError) as error:
        raise BadInput("a mask as a PNG in base64", "other or damaged data") from error
