"""The checks that pictures and masks of every source pass before a harmoniser learns from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from assets.pictures.header import Header, read_header
from assets.pictures.mask import read_mask
from assets.pictures.polarity import WHITE_ALL_OVER
from assets.problems import BadInput, Problem
from assets.reading.faults import Faults
from natocc.geometry import Image

# Limits of a region's share of a photograph: enough foreground to learn from, and enough surroundings.
SMALLEST, LARGEST = 0.005, 0.95
# Smallest side of a picture in pixels.
SHORTEST = 16
# Most problems in the message for a source without usable pictures.
_SHOWN = 3


def check_sides(width: int, height: int) -> None:
    """Raise BadInput for a picture that is too small to learn from."""
    if min(width, height) < SHORTEST:
        raise BadInput(f"sides of {SHORTEST} pixels at least", f"{width}x{height}")


def share_of(matte: Image) -> float:
    """The share of a matte (uint8 HxW) that is foreground."""
    return float((matte > 127).mean()) if matte.size else 0.0


def usable_regions(shares: Mapping[str, float], what: str = "foreground") -> tuple[str, ...]:
    """The regions with a suitable share of the picture, in the given order. Raises BadInput without any."""
    regions = tuple(name for name, share in shares.items() if SMALLEST <= share <= LARGEST)
    if not regions:
        share = max(shares.values())
        kind = {0.0: "an empty mask", 1.0: WHITE_ALL_OVER}.get(share, f"{share:.2%} of it")
        raise BadInput(f"a {what} of {SMALLEST:.1%} to {LARGEST:.0%} of the picture", kind)
    return regions


def check_files(files: Mapping[str, Path]) -> None:
    """Compare the headers of files that show one scene, by what they are ("mask", "real picture").

    All must have one size once they are upright, and the same frame. A turn by 180 degrees, a mirrored or a
    turned square picture has the size of the others either way, so it is refused where the others are not
    turned. Raises BadInput with the file's path.
    """
    headers = {name: _header(path) for name, path in files.items()}
    turned = [name for name, header in headers.items() if header.orientation != 1]
    expected = f"{_listed(list(files))} of one size"
    if len({header.upright for header in headers.values()}) > 1:
        sizes = ", ".join(_size(header) for header in headers.values())
        if not turned:
            raise BadInput(expected, sizes, str(next(iter(files.values()))))
        raise BadInput(expected, f"{sizes}; {_advice(headers, turned[0])}", str(files[turned[0]]))
    others = {header.stored for name, header in headers.items() if name not in turned}
    for name in turned:
        if headers[name].stored in others:
            raise BadInput(f"{_listed(list(files))} of one frame", _advice(headers, name), str(files[name]))
    if len({headers[name].orientation for name in turned}) > 1:
        raise BadInput(f"{_listed(list(files))} of one frame", "several EXIF turns", str(files[turned[0]]))
    check_sides(*next(iter(headers.values())).upright)


def share_of_mask(path: Path) -> tuple[float, tuple[str, ...]]:
    """The white share of a mask's file and the conversions on reading it. Raises BadInput with its path."""
    try:
        plane, notes = read_mask(path)
    except BadInput as error:
        raise BadInput(error.expected, error.got, str(path)) from error
    return share_of(plane), notes


def require_items(where: str, expected: str, items: Sequence[object], problems: Iterable[Problem]) -> None:
    """Raise ValueError, with the first problems, for a source of which nothing can be used."""
    if not items:
        refused = [problem for problem in problems if problem.action == "refused"]
        more = "".join(f"; {problem}" for problem in refused[:_SHOWN])
        raise ValueError(f"{where}: expected {expected}, got none that can be used{more}")


class LeftOut:
    """Inputs that were left out, one line for each kind of fault, with their number and first names.

    With the ``action`` "converted" they are inputs that were changed and used.
    """

    def __init__(self, action: Literal["refused", "converted"] = "refused") -> None:
        self._faults = Faults()
        self._action = action

    def add(self, error: BadInput, name: str) -> None:
        self._faults.add(error.expected, error.got, name)

    def problems(self, where: str) -> tuple[Problem, ...]:
        """A line names its only file, or ``where``, what all of them lie in."""
        return tuple(
            Problem(path=names.first[0], expected=expected, got=got, action=self._action)
            if names.count == 1
            else Problem(path=where, expected=expected, got=f"{got} in {names}", action=self._action)
            for expected, got, names in self._faults.kinds()
        )


def _header(path: Path) -> Header:
    try:
        return read_header(path)
    except BadInput as error:
        raise BadInput(error.expected, error.got, str(path)) from error


def _size(header: Header) -> str:
    return f"{header.upright[0]}x{header.upright[1]}"


def _advice(headers: Mapping[str, Header], name: str) -> str:
    turn = headers[name].orientation
    return f"the {name} turned by its EXIF orientation {turn}; save it upright, without EXIF"


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
