"""COFW in colour: two MATLAB v7.3 files of faces with 29 landmarks, and FaceOcc's masks of the test faces."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assets.datasets.cofw.arrays import LANDMARKS, Variables, read_variables
from assets.datasets.cofw.face import CofwFace, check_row, image_shape
from assets.datasets.realocc import OccludedSource
from assets.problems import BadInput, Problem, ReportProblem, damage_named
from assets.wording import count_of
from natocc.files.clutter import is_clutter
from natocc.files.read import what_is
from natocc.geometry import Image

COFW_FOLDERS = ("COFW", "COFW_color")
COFW_LICENCE = "COFW: CC BY 4.0"
# Training faces before this index come from LFPW and are hardly occluded.
FIRST_GENUINE = 845
# FaceOcc's crops of the test faces. Its masks count clear lenses as face.
COFW = OccludedSource(
    name="cofw",
    dataset="COFW",
    folder="FaceOcc/COFW_test",
    licence="COFW: CC BY 4.0; masks of FaceOcc: MIT",
    count=507,
    side=256,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One of the two files: its variables and published size."""

    split: str
    suffix: str  # of the variables
    faces: int
    grey: int | None  # None if not stated


_PARTS = {
    "COFW_train_color.mat": _Part(split="train", suffix="Tr", faces=1345, grey=44),
    "COFW_test_color.mat": _Part(split="test", suffix="T", faces=507, grey=None),
}


def check_cofw(raw: Path) -> None:
    """Raise ValueError if files of COFW exist but h5py is missing."""
    if any(cofw_files(raw)):
        _load_h5py()


def read_cofw(raw: Path, report: ReportProblem) -> Iterator[CofwFace]:
    """Yield the training faces, then the test faces, in the files' order.

    The files may lie at any depth of ``COFW`` or ``COFW_color``; either may be absent. Unusable rows and
    counts other than published are Problems. Raises ValueError if h5py is missing.
    """
    found: dict[str, Path] = {}
    for path in cofw_files(raw):
        first = found.setdefault(path.name, path)
        if first is not path:
            got = f"a second one beside {first.relative_to(raw).as_posix()}"
            report(Problem(path=path.relative_to(raw).as_posix(), expected="one file of this name", got=got))
    if not found:
        present = next((name for name in COFW_FOLDERS if (raw / name).is_dir()), None)
        if present is not None:
            report(Problem(path=present, expected=" or ".join(_PARTS), got="neither"))
        return
    for name, part in _PARTS.items():
        if name in found:
            yield from _read_file(found[name], part, raw, report)


def read_pixels(face: CofwFace) -> Image:
    """The face's image, RGB uint8 HxWx3. Raises BadInput if it is damaged, ValueError without h5py."""
    suffix = _PARTS[face.file.name].suffix
    with damage_named("an image"), _load_h5py().File(face.file, "r") as stored:
        cells = stored[f"Is{suffix}"]
        pixels = np.asarray(stored[cells[np.unravel_index(face.index, cells.shape)]])
    # MATLAB is column-major, so h5py sees reversed axes: (3, width, height) or (width, height).
    upright = pixels.reshape(-1, *pixels.shape[-2:]).transpose(2, 1, 0)
    return np.ascontiguousarray(np.broadcast_to(upright, (*upright.shape[:2], 3)))


def cofw_files(raw: Path) -> Iterator[Path]:
    """The two files, and further files with the same names."""
    for folder in COFW_FOLDERS:
        found = sorted(path for path in (raw / folder).rglob("*.mat") if path.name in _PARTS)
        yield from (path for path in found if not any(map(is_clutter, path.relative_to(raw).parts)))


class _Outside:
    """Faces whose landmarks or boxes reach beyond their images, counted for one note each."""

    def __init__(self) -> None:
        self._landmarks: list[int] = []
        self._boxes: list[int] = []

    def add(self, face: CofwFace) -> None:
        for indices, outside in ((self._landmarks, face.landmarks_outside), (self._boxes, face.box_outside)):
            if outside:
                indices.append(face.index)

    def problems(self, where: str) -> Iterator[Problem]:
        for indices, what in ((self._landmarks, "landmarks"), (self._boxes, "boxes")):
            if indices:
                got = f"some that reach beyond, of {count_of(len(indices), 'images')}, the first {indices[0]}"
                yield Problem(path=where, expected=f"{what} on their images", got=got, action="noted")


def _read_file(path: Path, part: _Part, raw: Path, report: ReportProblem) -> Iterator[CofwFace]:
    where = path.relative_to(raw).as_posix()
    h5py = _load_h5py()
    if instead := what_is(path):
        report(Problem(path=where, expected="a MATLAB file of version 7.3 (HDF5)", got=instead))
        return
    try:
        stored = h5py.File(path, "r")
    except OSError as error:
        cut = "truncated" in str(error)
        got = "one that is truncated; fetch it again" if cut else "another kind of file, or a damaged one"
        report(Problem(path=where, expected="a MATLAB file of version 7.3 (HDF5)", got=got))
        return
    grey, outside = 0, _Outside()
    with stored:
        try:
            found = read_variables(stored, part.suffix)
        except BadInput as error:
            report(error.problem(where))
            return
        for index in range(len(found.cells)):
            try:
                face = _face(path, part, index, stored, found)
            except BadInput as error:
                report(error.problem(f"{where} image {index}"))
                continue
            grey += face.grey
            outside.add(face)
            yield face
    for problem in outside.problems(where):
        report(problem)
    for count, stated, what in ((len(found.cells), part.faces, "faces"), (grey, part.grey, "grey images")):
        if stated not in (None, count):
            expected = f"{stated} {what}, as published"
            report(Problem(path=where, expected=expected, got=str(count), action="noted"))


def _face(path: Path, part: _Part, index: int, stored: Any, found: Variables) -> CofwFace:
    shape = image_shape(stored, found.cells[index])
    points, box = found.points[index], found.boxes[index]
    check_row(points, box, shape[-2], shape[-1])
    x, y, width, height = (float(value) for value in box)
    return CofwFace(
        file=path,
        index=index,
        split=part.split,
        genuine=part.split == "test" or index >= FIRST_GENUINE,
        height=shape[-1],
        width=shape[-2],
        grey=len(shape) == 2 or shape[0] == 1,
        landmarks=tuple(
            zip(points[:LANDMARKS].tolist(), points[LANDMARKS : 2 * LANDMARKS].tolist(), strict=True)
        ),
        occluded=tuple(bool(bit) for bit in points[2 * LANDMARKS :]),
        box=(x, y, width, height),
    )


def _load_h5py() -> Any:
    # A local import, as h5py is optional.
    try:
        return importlib.import_module("h5py")
    except ModuleNotFoundError as error:
        raise ValueError(
            f"{', '.join(_PARTS)}: expected the package h5py to read them, which is not installed; "
            "pip install -c constraints.txt -e '.[cofw]'"
        ) from error
