"""The pictures that are segmented, and the names of what is written of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assets.problems import ReportProblem
from assets.reading.folders import pictures_in


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPicture:
    """A picture's path, and the files that are written of it."""

    path: Path
    mask: Path
    overlay: Path


def input_pictures(given: Iterable[Path], out: Path, report: ReportProblem) -> list[InputPicture]:
    """The pictures that are given, and those of given folders in order of their names.

    What is no picture in a folder is reported. Raises ValueError for two pictures of one name, whose masks
    would be one file, for a mask that would replace a picture, and where there is no picture.
    """
    paths = [path for one in given for path in (pictures_in(one, one, report) if one.is_dir() else (one,))]
    found: dict[Path, InputPicture] = {}
    taken = {path.resolve() for path in paths}
    for path in dict.fromkeys(paths):
        picture = InputPicture(
            path=path, mask=out / f"{path.stem}.png", overlay=out / f"{path.stem}_overlay.jpg"
        )
        other = found.setdefault(picture.mask, picture)
        if other is not picture:
            raise ValueError(
                f"{path}: expected names that differ before their ending, got {other.path} as well; segment "
                "them into two folders"
            )
        for written in (picture.mask, picture.overlay):
            if written.resolve() in taken:
                raise ValueError(
                    f"--out: expected another folder, got one where {written} would replace a picture"
                )
    if not found:
        raise ValueError("IMAGES: expected a picture, got folders without one")
    return list(found.values())
