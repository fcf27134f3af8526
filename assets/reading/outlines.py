"""Outlines of annotations in the shapes that tools write, brought into COCO's own two.

COCO writes a list of polygons, each a flat list x, y, …, or run lengths with the picture's size. Others write
one flat list, lists of pairs, one list too many, run lengths in a list, ``exterior`` and ``interiors``
(kwcoco), and numbers as text. A shape is taken if it has one meaning only, and refused otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from assets.problems import BadInput
from assets.reading.numbers import number_of, whole_number
from assets.wording import count_of
from natocc.geometry import Float64Array, Image
from natocc.masks.rasterise import fill_polygon
from natocc.masks.rle import decode_runs, encode_runs, measure_runs

Size = tuple[int, int]
_SHAPES = "polygons (lists x, y, …) or run lengths (size and counts)"
_DEEPEST = 4
# One point of this many may be left out. A polygon that loses more is another polygon.
_ONE_IN = 5
# How far outside the picture a point may lie, as a share of the long side.
_REACH = 0.5


@dataclass(frozen=True, slots=True)
class Outline:
    """Polygons or run lengths as COCO has them; ``left_out`` is the number of points that are not used."""

    segmentation: list[list[float]] | dict[str, object]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A closed line as stored, with the lines of its holes."""

    line: object
    holes: tuple[object, ...] = ()


def read_outline(value: object, size: Size, reach: float = _REACH) -> Outline:
    """The outline of an annotation on a picture of ``size`` (height, width).

    A single point that has no position, or lies outside the picture by more than ``reach`` of its long side,
    is left out; so is a piece of fewer than three points beside others. Raises BadInput for a shape without a
    certain meaning, and for run lengths that do not fill the picture.
    """
    if value is None or value == "" or (isinstance(value, list | dict) and not value):
        raise BadInput("polygons or RLE", "no segmentation")
    if isinstance(value, list) and _is_plain(value, size, reach):
        check_pixels_meant(value)
        return Outline(value)
    if runs := _runs_in(value):
        read = [_read_runs(one, size) for one in runs]
        return Outline(
            read[0] if len(read) == 1 else _joined([decode_runs(one["counts"], size) for one in read])
        )
    pieces = [_read_piece(piece, size, reach) for piece in _pieces(value)]
    sound = [lines for lines, _ in pieces if lines]
    if not sound:
        raise BadInput("a polygon of at least 3 points", str(max((count for _, count in pieces), default=0)))
    check_pixels_meant(line.ravel() for lines in sound for line in lines)
    left_out = sum(count for _, count in pieces)
    if all(len(lines) == 1 for lines in sound):
        return Outline([line.ravel().tolist() for (line,) in sound], left_out)
    return Outline(_joined([_draw(lines, size) for lines in sound]), left_out)


def sound_points(line: object, size: Size, reach: float) -> tuple[Float64Array, int]:
    """The points of a line (float64 Nx2, x and y), and the number of those that are left out.

    Raises BadInput for other content than points, for fewer than three, and if too many would be left out.
    """
    points = points_of(line)
    if len(points) < 3:
        raise BadInput("a polygon of at least 3 points", str(len(points)))
    height, width = size
    slip = reach * max(size)
    # A comparison with NaN is false.
    near = ((points >= -slip) & (points <= np.array([width, height]) + slip)).all(axis=1)
    stray = len(points) - int(near.sum())
    if stray and (_ONE_IN * stray > len(points) or len(points) - stray < 3):
        if not (finite := np.isfinite(points).all(axis=1)).all():
            got = f"{len(points) - int(finite.sum())} of {len(points)} points without"
            raise BadInput("finite numbers for each point of a polygon", got)
        x, y = max(points.tolist(), key=lambda at: max(-at[0], -at[1], at[0] - width, at[1] - height))
        raise BadInput(f"points on the image of {width}x{height}", f"({x:g}, {y:g}), far outside")
    return points[near], stray


def check_pixels_meant(lines: Iterable[Iterable[float]]) -> None:
    """Raise BadInput for lines that all lie in the first pixel: shares of the picture."""
    if all(0 <= value <= 1 for line in lines for value in line):
        got = "all from 0 to 1, shares of the picture; multiply them by width and height"
        raise BadInput("positions in pixels", got)


def points_of(line: object) -> Float64Array:
    """Float64 Nx2; NaN for a missing position. Raises BadInput for anything else than points."""
    if not isinstance(line, list | tuple):
        raise BadInput(_SHAPES, _kind(line))
    if line and all(map(_is_pair, line)):
        flat = [
            part for pair in line for part in ((pair["x"], pair["y"]) if isinstance(pair, dict) else pair)
        ]
    elif all(map(_is_scalar, line)):
        flat = list(line)
    else:
        raise BadInput(_SHAPES, "a list of other things than points")
    if len(flat) % 2:
        raise BadInput("a polygon of pairs x, y", count_of(len(flat), "numbers"))
    return np.array([_coordinate(part) for part in flat], np.float64).reshape(-1, 2)


def _is_plain(value: list[Any], size: Size, reach: float) -> bool:
    """Whether these are sound polygons as COCO has them: the usual case, read quickly."""
    least, most = -reach * max(size), min(size) + reach * max(size)
    for points in value:
        if not isinstance(points, list) or len(points) < 6 or len(points) % 2:
            return False
        if not set(map(type, points)) <= {int, float}:
            return False
        # The sum is NaN if one of them is, and too large for a float only beyond the bounds.
        if not (least <= min(points) and max(points) <= most and math.isfinite(sum(points))):
            return False
    return True


def _pieces(value: object, depth: int = 0) -> Iterator[_Piece]:
    """The closed lines in nested lists. Raises BadInput for anything else."""
    if isinstance(value, dict) and "exterior" in value:
        holes = value.get("interiors") or []
        if not isinstance(holes, list):
            raise BadInput("interiors as a list of lines", _kind(holes))
        yield _Piece(value["exterior"], tuple(holes))
    elif not isinstance(value, list) or depth > _DEEPEST:
        raise BadInput(_SHAPES, _kind(value))
    elif all(map(_is_scalar, value)) or all(map(_is_pair, value)):
        yield _Piece(value)
    else:
        for part in value:
            yield from _pieces(part, depth + 1)


def _read_piece(piece: _Piece, size: Size, reach: float) -> tuple[list[Float64Array], int]:
    """The line and its holes, and the points left out; no line if it has fewer than three points."""
    lines: list[Float64Array] = []
    left_out = 0
    for place, line in enumerate((piece.line, *piece.holes)):
        if (count := len(points_of(line))) < 3:
            left_out += count
            if place == 0:
                break
            continue
        points, stray = sound_points(line, size, reach)
        left_out += stray
        lines.append(points)
    return lines, left_out


def _coordinate(value: object) -> float:
    if value is None:
        return float("nan")
    if (number := number_of(value)) is None:
        raise BadInput("numbers in a polygon", repr(value))
    return number


def _is_scalar(value: object) -> bool:
    return not isinstance(value, list | tuple | dict)


def _is_pair(value: object) -> bool:
    if isinstance(value, dict):
        return "x" in value and "y" in value
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_scalar, value))


def _draw(lines: list[Float64Array], size: Size) -> Image:
    """A closed line less its holes, uint8 HxW of 0 and 255."""
    whole, *holes = (fill_polygon(line, size) for line in lines)
    for hole in holes:
        whole[hole > 0] = 0
    return whole


def _joined(masks: Sequence[Image]) -> dict[str, object]:
    """The run lengths of the union of masks."""
    union = reduce(np.maximum, masks)
    return {"size": list(union.shape), "counts": encode_runs(union)}


def _runs_in(value: object) -> list[dict[str, Any]]:
    """The run lengths that a segmentation consists of; empty for polygons."""
    parts: list[Any] = value if isinstance(value, list) else [value]
    return parts if all(isinstance(part, dict) and "counts" in part for part in parts) else []


def _read_runs(runs: dict[str, Any], size: Size) -> dict[str, Any]:
    """The run lengths with their numbers as numbers. Raises BadInput unless they fill the picture."""
    stated = runs.get("size")
    found = tuple(map(whole_number, stated)) if isinstance(stated, list | tuple) else ()
    if len(found) != 2 or None in found:
        raise BadInput("run lengths with a size [height, width]", _kind(stated))
    if found != size:
        turned = ": height and width in the other order" if found == size[::-1] else ""
        raise BadInput(f"the image's size {size[1]}x{size[0]}", f"{found[1]}x{found[0]}{turned}")
    counts = _counts(runs["counts"])
    try:
        measure_runs(counts, size)
    except ValueError as error:
        # The message is in the project's own words.
        raise BadInput("run lengths that fill the image", str(error)) from error
    return {"size": list(size), "counts": counts}


def _counts(value: object) -> list[int] | str:
    if isinstance(value, str):
        # Python's text of bytes, in which a backslash is doubled.
        is_bytes = len(value) > 2 and value[:2] in ("b'", 'b"') and value[-1] == value[1]
        return value[2:-1].replace("\\\\", "\\") if is_bytes else value
    if not isinstance(value, list):
        raise BadInput("counts as a list or as compressed text", _kind(value))
    numbers = [number for number in map(whole_number, value) if number is not None]
    if len(numbers) != len(value):
        raise BadInput(
            "counts that are whole numbers", f"{len(value) - len(numbers)} others among {len(value)}"
        )
    return numbers


def _kind(value: object) -> str:
    """A value in words of the format."""
    if value is None:
        return "none"
    if isinstance(value, dict):
        return f"an object with {', '.join(map(str, list(value)[:5])) or 'nothing'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"{'a text' if isinstance(value, str) else 'a number'} {value!r}"
