"""``natocc align``: crops of faces as FFHQ and RealOcc have them, by points that a table gives."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from assets.pictures.photograph import read_image
from assets.problems import BadInput, Problem, ReportProblem, conversions
from assets.text.face_points import PointRow, read_face_points
from assets.text.sidecar import SIDECAR
from natocc.codecs import encode_jpeg
from natocc.geometry import Matrix, transform_points
from natocc.resize.face_crop import beyond_photograph, crop_matrix, crop_picture
from shards import storage
from shards.check_output import check_folder
from tasks.inputs import LocalPath, NewFolder, file_of, folder_of
from tasks.options import Options
from tasks.progress import OnProgress, ignore_progress, tracked

ALIGNED_PICTURES = "img"
_COLUMNS = ("file", "photo", "person", "licence", "landmarks", "source")
_QUALITY = 97
_EXPECTED = "an upright 8-bit colour photograph"


class AlignOptions(Options):
    """The photographs, the points of their faces, and where the crops go."""

    photographs: Annotated[LocalPath, folder_of("photographs")] = Field(
        description="Folder of the photographs that the table names."
    )
    points: Annotated[LocalPath, file_of("a CSV table of points")] = Field(
        description="CSV table: file, and eyes and mouth, 68 landmarks, or landmarks as in natocc.csv."
    )
    out: NewFolder = Field(description="A new folder for the crops (img) and their natocc.csv.")
    side: Annotated[int, Field(ge=64, le=4096)] = Field(1024, description="Side of a crop in pixels.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedFace:
    """One crop: its file, pixels of it a pixel of the photograph, and the share beyond the photograph."""

    file: str
    scale: float
    beyond: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignReport:
    """The crops in the table's order, and what was converted or can't be used."""

    faces: tuple[AlignedFace, ...]
    problems: tuple[Problem, ...]


def align_faces(
    options: AlignOptions,
    *,
    report: ReportProblem = lambda problem: None,
    on_progress: OnProgress = ignore_progress,
) -> AlignReport:
    """Write ``img/NAME.jpg`` of each row, then ``natocc.csv`` with photograph, person, licence and points.

    Rows and photographs that can't be read are reported. Raises BadInput for a file that is no table of
    points and for two rows of one name, OSError if ``out`` can't be written.
    """
    problems: list[Problem] = []

    def found(problem: Problem) -> None:
        problems.append(problem)
        report(problem)

    rows = read_face_points(options.points, found)
    twice = [name for name, count in Counter(row.name for row in rows).items() if count > 1]
    if twice:
        got = f"{twice[0]} twice; name the faces of one photograph in a column name"
        raise BadInput("a name of its own for each face", got, options.points.name)
    if not rows:
        raise BadInput("a row for each face", "none that can be used", options.points.name)
    check_folder(str(options.out))
    faces: list[AlignedFace] = []
    written: list[dict[str, str]] = []
    for row in tracked(rows, on_progress, len(rows)):
        try:
            face, cells = _align(row, options, found)
        except BadInput as error:
            found(error.problem(row.file))
            continue
        faces.append(face)
        written.append(cells)
    storage.write_bytes(str(options.out / SIDECAR), _table(written))
    return AlignReport(faces=tuple(faces), problems=tuple(problems))


def _align(row: PointRow, options: AlignOptions, report: ReportProblem) -> tuple[AlignedFace, dict[str, str]]:
    picture = read_image(options.photographs / row.file)
    for problem in conversions(row.file, _EXPECTED, picture.notes):
        report(problem)
    try:
        matrix = crop_matrix(row.points, options.side)
    except ValueError as error:
        raise BadInput("eyes above a mouth", f"points in one place on line {row.line}") from error
    file = f"{ALIGNED_PICTURES}/{row.name}.jpg"
    crop = crop_picture(picture.rgb, matrix, options.side)
    storage.write_bytes(str(options.out / file), encode_jpeg(crop, _QUALITY))
    beyond = beyond_photograph(matrix, (picture.rgb.shape[0], picture.rgb.shape[1]), options.side)
    cells = {
        "file": file,
        "photo": row.said.photo or storage.sha256_bytes(picture.data),
        "person": row.said.person or "",
        "licence": row.said.licence,
        "landmarks": json.dumps(_moved(row, matrix)),
        "source": row.said.source or row.file,
    }
    scale = float((matrix[0, 0] ** 2 + matrix[1, 0] ** 2) ** 0.5)
    return AlignedFace(file=file, scale=round(scale, 3), beyond=round(float(beyond.mean()), 4)), cells


def _moved(row: PointRow, matrix: Matrix) -> dict[str, list[float]]:
    """The points in pixels of the crop."""
    points = row.points
    names = ("left_eye", "right_eye", "mouth_left", "mouth_right")
    given = [points.left_eye, points.right_eye, points.mouth_left, points.mouth_right]
    moved = transform_points(np.array(given), matrix)
    return {name: [round(x, 1), round(y, 1)] for name, (x, y) in zip(names, moved.tolist(), strict=True)}


def _table(rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
