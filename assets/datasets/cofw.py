"""COFW in colour: two MATLAB v7.3 files of faces with 29 landmarks, and FaceOcc's masks of the test faces."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.datasets.realocc import OccludedSource
from assets.problems import BadInput, Problem, ReportProblem, damage_named
from natocc.files.clutter import is_clutter
from natocc.files.read import check_pixels, what_is
from natocc.geometry import Image

COFW_FOLDERS = ("COFW", "COFW_color")
COFW_LICENCE = "COFW: CC BY 4.0"
LANDMARKS = 29
_MOST_NUMBERS = 10_000_000
_IMAGE = "an 8-bit image of 1 or 3 channels"
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
class CofwFace:
    """One row of a file. Positions are as stored, in pixels of the image, x before y."""

    file: Path
    index: int  # row, counted from 0
    split: str  # "train" or "test"
    genuine: bool  # from COFW itself, not from LFPW
    height: int
    width: int
    grey: bool  # stored without colours
    landmarks: tuple[tuple[float, float], ...]  # 29
    occluded: tuple[bool, ...]  # 29
    box: tuple[float, float, float, float]  # x, y, width, height

    @property
    def id(self) -> str:
        return f"{self.split}_{self.index:05d}"


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


def _read_file(path: Path, part: _Part, raw: Path, report: ReportProblem) -> Iterator[CofwFace]:
    where = path.relative_to(raw).as_posix()
    h5py = _load_h5py()
    if found := what_is(path):
        report(Problem(path=where, expected="a MATLAB file of version 7.3 (HDF5)", got=found))
        return
    try:
        stored = h5py.File(path, "r")
    except OSError as error:
        got = str(error).replace(str(path), path.name)
        report(Problem(path=where, expected="a MATLAB file of version 7.3 (HDF5)", got=got))
        return
    total = grey = 0
    with stored:
        try:
            cells, points, boxes = _variables(stored, part)
        except BadInput as error:
            report(error.problem(where))
            return
        for index, cell in enumerate(cells):
            try:
                face = _face(path, part, index, stored, cell, points[index], boxes[index])
            except BadInput as error:
                report(error.problem(f"{where} image {index}"))
                continue
            total, grey = total + 1, grey + face.grey
            yield face
    for count, stated, what in ((len(cells), part.faces, "faces"), (grey, part.grey, "grey images")):
        if stated not in (None, count):
            expected = f"{stated} {what}, as published"
            report(Problem(path=where, expected=expected, got=str(count), action="noted"))


def _variables(stored: Any, part: _Part) -> tuple[Any, NDArray[np.float64], NDArray[np.float64]]:
    """References to the images (n), landmarks (n, 87) and boxes (n, 4)."""
    names = [f"{name}{part.suffix}" for name in ("Is", "phis", "bboxes")]
    expected = f"the variables {', '.join(names)}"
    with damage_named(expected):
        if not set(names) <= set(stored):
            raise BadInput(expected, ", ".join(sorted(stored)) or "none")
        cells, points, boxes = (_array(stored[name], name) for name in names)
    if cells.dtype != object:
        raise BadInput(f"{names[0]} as a cell array of images", f"an array of {cells.dtype}")
    count = cells.size
    return cells.ravel(), _rows(points, names[1], count, 3 * LANDMARKS), _rows(boxes, names[2], count, 4)


def _array(value: Any, name: str) -> NDArray[Any]:
    """The whole variable, with its axes as stored."""
    with damage_named(f"{name} as an array"):
        # Chunks that compress well can stand for more numbers than memory holds.
        if value.size > _MOST_NUMBERS:
            raise BadInput(f"{name} of at most {_MOST_NUMBERS:,} numbers", f"{value.size:,}")
        return np.asarray(value[()])


def _rows(values: NDArray[Any], name: str, count: int, columns: int) -> NDArray[np.float64]:
    """One row a face. MATLAB's files hold the axes reversed; other writers keep their order."""
    if values.dtype.kind in "fiu" and values.shape == (columns, count):
        return values.T.astype(np.float64)
    if values.dtype.kind in "fiu" and values.shape == (count, columns):
        return values.astype(np.float64)
    raise BadInput(f"{name} of {count}x{columns} numbers", f"{values.dtype} of {_axes(values)}")


def _axes(values: Any) -> str:
    return "x".join(str(length) for length in values.shape)


def _face(
    path: Path,
    part: _Part,
    index: int,
    stored: Any,
    cell: Any,
    points: NDArray[np.float64],
    box: NDArray[np.float64],
) -> CofwFace:
    shape = _image_shape(stored, cell)
    if not np.isfinite(points).all():
        raise BadInput(f"{LANDMARKS} landmarks", "values that are not finite")
    bits = points[2 * LANDMARKS :]
    if not np.isin(bits, (0, 1)).all():
        raise BadInput("occlusion bits of 0 and 1", f"{bits[~np.isin(bits, (0, 1))][0]:g}")
    x, y, width, height = (float(value) for value in box)
    if not all(map(math.isfinite, (x, y))) or not 0 < width < math.inf or not 0 < height < math.inf:
        raise BadInput("a box (x, y, width, height) with an area", f"{[x, y, width, height]}")
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
        occluded=tuple(bool(bit) for bit in bits),
        box=(x, y, width, height),
    )


def _image_shape(stored: Any, cell: Any) -> tuple[int, ...]:
    """(channels, width, height) or (width, height) of the image that a cell refers to."""
    with damage_named("an image"):
        image = stored[cell] if cell else None
    if image is None or not hasattr(image, "dtype"):
        raise BadInput("an image", "an empty cell" if image is None else "another kind of cell")
    shape: tuple[int, ...] = image.shape
    channels = shape[0] if len(shape) == 3 else 1
    if image.dtype != np.uint8 or len(shape) not in (2, 3) or channels not in (1, 3) or 0 in shape:
        raise BadInput(_IMAGE, f"{image.dtype} with axes {_axes(image)}")
    if fault := check_pixels(shape[-2], shape[-1]):
        raise BadInput(_IMAGE, fault)
    return shape


def _load_h5py() -> Any:
    # A local import, as h5py is optional.
    try:
        return importlib.import_module("h5py")
    except ModuleNotFoundError as error:
        raise ValueError(
            f"{', '.join(_PARTS)}: expected the package h5py to read them, which is not installed; "
            "pip install -c constraints.txt -e '.[cofw]'"
        ) from error
