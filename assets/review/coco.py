"""Answers in COCO's format: one file for all images, with run lengths or polygons.

It lies where it was exported, or where CVAT puts it.

``face`` adds pixels, ``hole`` removes them. The polygons of one annotation form one shape.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from assets.problems import BadInput, Problem, ReportProblem
from assets.reading.numbers import number_of
from assets.reading.outlines import read_outline
from assets.review.coco_file import (
    AnswerAnnotation,
    AnsweredImage,
    AnswerFile,
    AnswerInfo,
    doubled_images,
    read_answer_file,
)
from assets.review.index import (
    COCO_FILE,
    REVIEW_VERDICTS,
    Answer,
    Review,
    ReviewFace,
    face_of,
    file_date,
    is_as_sent,
    pixels_sha256,
    ticked,
    verdict_named,
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
from natocc.files.read import is_there
from natocc.geometry import Image
from natocc.masks.rle import decode_runs

# The file's place in CVAT's archives.
_ELSEWHERE = "annotations/instances_default.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The answer of one image: its annotations with their numbers, and where faults of it are reported."""

    picture: AnsweredImage
    annotations: Sequence[tuple[int, AnswerAnnotation]]
    labels: Mapping[int, str | None]  # None for an id of several categories
    where: str  # the file

    @property
    def name(self) -> str:
        return f"{self.where} {self.picture.file_name}"

    def of(self, number: int) -> str:
        """Where a fault of the annotation is reported."""
        return f"{self.where} annotations.{number} of {self.picture.file_name}"


def read_coco(folder: Path, review: Review, report: ReportProblem) -> Iterator[Answer]:
    """Yield an answer for each image that the file lists, in its order.

    An image with a fault gives Problems and no answer, and so do images that share an id or a file_name. Of
    a face that lies in both places the answer is used that is not as it was exported; two that differ are
    both yielded, for the caller to refuse. Raises FileNotFoundError if there is no file, ValueError if one is
    damaged.
    """
    paths = [folder / name for name in (COCO_FILE, _ELSEWHERE) if is_there(folder / name)]
    if not paths:
        raise FileNotFoundError(f"{folder}: expected {COCO_FILE} or {_ELSEWHERE} in it, got neither")
    expected = f"answers in {COCO_FILE} or {_ELSEWHERE}"
    for problem in stray_answers(folder, paths, lambda path: not names_face(path, review), expected):
        report(problem)
    files = [(path, read_answer_file(path)) for path in paths]
    listed = {face.id for _, file in files[1:] for face in _faces_of(file, review)}
    # What the first file answers otherwise than it was exported.
    edited: dict[str, tuple[str, str | None]] = {}
    for number, (path, file) in enumerate(files):
        for answer in _answers_of(path, file, folder, review, report):
            name, mark, as_sent = answer.face.id, _mark(answer), is_as_sent(answer)
            if number == 0:
                is_used = not as_sent or name not in listed
                if not as_sent:
                    edited[name] = mark
            else:
                is_used = name not in edited or not (as_sent or mark == edited[name])
            if is_used:
                yield answer


def _mark(answer: Answer) -> tuple[str, str | None]:
    """What two answers are compared by."""
    return "" if answer.mask is None else pixels_sha256(answer.mask), answer.verdict


def _faces_of(file: AnswerFile, review: Review) -> Iterator[ReviewFace]:
    for picture in file.images:
        if face := face_of("", _stem(picture), review, lambda problem: None):
            yield face


def _stem(picture: AnsweredImage) -> str:
    return Path(picture.file_name.replace("\\", "/")).stem


def _answers_of(
    path: Path, file: AnswerFile, folder: Path, review: Review, report: ReportProblem
) -> Iterator[Answer]:
    """The answers of one file."""
    where = path.relative_to(folder).as_posix()
    shared = Counter(category.id for category in file.categories)
    labels = {one.id: None if shared[one.id] > 1 else one.name for one in file.categories}
    by_image: dict[int, list[tuple[int, AnswerAnnotation]]] = defaultdict(list)
    for number, annotation in enumerate(file.annotations):
        by_image[annotation.image_id].append((number, annotation))
    doubled = doubled_images(file)
    for picture in file.images:
        place = _Place(picture=picture, annotations=by_image.get(picture.id, ()), labels=labels, where=where)
        if (face := face_of(place.name, _stem(picture), review, report)) is None:
            continue
        faults = [fault for found, fault in doubled if found is picture]
        for expected, got in faults:
            report(Problem(path=place.name, expected=expected, got=got))
        if not faults and (answer := _answer(place, face, file.info, path, report)):
            yield answer
    known = {picture.id for picture in file.images}
    for number, annotation in enumerate(file.annotations):
        if annotation.image_id not in known:
            expected, got = "the id of an image of this file", f"image_id {annotation.image_id}"
            report(Problem(path=f"{where} annotations.{number}", expected=expected, got=got))


def _answer(
    place: _Place, face: ReviewFace, info: AnswerInfo, path: Path, report: ReportProblem
) -> Answer | None:
    """The answer of one image; None if it has a fault."""
    faults: list[Problem] = []
    mask = _mask_of(place, face, faults.append)
    verdict = _verdict_of(place, faults.append)
    for fault in faults:
        report(fault)
    if any(fault.action == "refused" for fault in faults):
        return None
    date, date_from = _date_of(info, path)
    return Answer(
        face=face,
        form="coco",
        path=path,
        mask=mask,
        verdict=verdict,
        tool="coco",
        date=date,
        date_from=date_from,
        who=(info.contributor or "").strip(),
    )


def _verdict_of(place: _Place, report: ReportProblem) -> str | None:
    on = dict.fromkeys(REVIEW_VERDICTS, False)
    for number, annotation in place.annotations:
        attributes = {
            name: value for name, value in (annotation.attributes or {}).items() if verdict_named(name)
        }
        try:
            for name, is_on in ticked(attributes).items():
                on[name] |= is_on
        except BadInput as error:
            report(error.problem(place.of(number)))
    return verdict_of(on, place.name, report)


def _mask_of(place: _Place, face: ReviewFace, report: ReportProblem) -> Image:
    picture = place.picture
    if (picture.height, picture.width) != face.image_size:
        expected = f"the image's size {face.image_size[1]}x{face.image_size[0]}"
        report(Problem(path=place.name, expected=expected, got=f"{picture.width}x{picture.height}"))
        return new_mask(face)
    shapes = []
    for number, annotation in place.annotations:
        try:
            shapes.append(_shape_of(annotation, place, number, face, report))
        except BadInput as error:
            report(error.problem(place.of(number)))
    return paint_shapes(shapes, face, report)


def _shape_of(
    annotation: AnswerAnnotation, place: _Place, number: int, face: ReviewFace, report: ReportProblem
) -> DrawnShape:
    """One annotation, whose polygons form one shape. Raises BadInput."""
    name = place.labels.get(annotation.category_id, f"category {annotation.category_id}")
    if name is None:
        raise BadInput(
            "a category id of its own", f"category_id {annotation.category_id} of several categories"
        )
    label = label_of(name)
    outline = read_outline(annotation.segmentation, face.image_size, OUTSIDE)
    report_left_out(outline.left_out, place.of(number), report)
    height = (annotation.attributes or {}).get("z_order", annotation.z_order)
    return DrawnShape(
        label=label,
        pixels=_pixels_of(outline.segmentation, face),
        place=place.of(number),
        z=number_of(height) or 0.0,
    )


def _pixels_of(segmentation: list[list[float]] | dict[str, Any], face: ReviewFace) -> Image:
    if isinstance(segmentation, dict):
        return bitmap_shape(decode_runs(segmentation["counts"], face.image_size), face)
    shape = new_mask(face)
    for points in segmentation:
        shape |= polygon_shape(np.reshape(points, (-1, 2)), face)
    return shape


def _date_of(info: AnswerInfo, path: Path) -> tuple[str, str]:
    """The date that the file states, in any format, else the file's own date."""
    stated = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", info.date_created or "")
    try:
        if stated:
            return date(*(int(part) for part in stated.groups())).isoformat(), "annotation file"
    except ValueError:
        pass
    return file_date(path), "file time"
