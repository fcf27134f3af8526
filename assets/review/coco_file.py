"""The file of answers in COCO's format, as it is written, and what is ambiguous in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from assets.problems import BadInput
from assets.review.index import first
from assets.text.strict_json import read_json_text

_EXPECTED = "annotations as COCO's instances"


class AnswerInfo(BaseModel):
    contributor: str | None = ""
    date_created: str | None = ""


class AnsweredImage(BaseModel):
    id: int
    file_name: str
    height: int
    width: int


class AnswerAnnotation(BaseModel):
    """The outline is read by itself, so that a fault of it refuses one answer."""

    id: int | str | None = None
    image_id: int
    category_id: int
    segmentation: Any = None
    attributes: dict[str, Any] | None = None
    z_order: Any = None


class _Category(BaseModel):
    id: int
    name: str


class AnswerFile(BaseModel):
    info: AnswerInfo = AnswerInfo()
    images: list[AnsweredImage]
    annotations: list[AnswerAnnotation]
    categories: list[_Category]


def read_answer_file(path: Path) -> AnswerFile:
    """The file's content. Raises BadInput for another form, or an OSError."""
    try:
        return AnswerFile.model_validate_json(read_json_text(path, _EXPECTED))
    except ValidationError as error:
        raise BadInput(_EXPECTED, first(error), str(path)) from error


def doubled_images(file: AnswerFile) -> list[tuple[AnsweredImage, tuple[str, str]]]:
    """The images whose answer is ambiguous, as an id or a name is there twice, with what is expected."""
    ids = Counter(picture.id for picture in file.images)
    names = Counter(picture.file_name for picture in file.images)
    images_of: dict[int | str, set[int]] = defaultdict(set)
    for annotation in file.annotations:
        if annotation.id is not None:
            images_of[annotation.id].add(annotation.image_id)
    # Of files that are joined. An id twice in one image leaves no doubt.
    twice = {image: number for number, images in images_of.items() for image in images if len(images) > 1}
    found: list[tuple[AnsweredImage, tuple[str, str]]] = []
    for picture in file.images:
        if ids[picture.id] > 1:
            found.append((picture, ("an image id of its own", f"the id {picture.id} of several images")))
        elif names[picture.file_name] > 1:
            got = f"{names[picture.file_name]} images of this name"
            found.append((picture, ("a file_name of its own", got)))
        elif picture.id in twice:
            got = f"the id {twice[picture.id]} in several images"
            found.append((picture, ("annotations with ids of their own", got)))
    return found
