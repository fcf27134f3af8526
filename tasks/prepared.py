"""What preparing one input gives: an entry with its members, or the reason why not."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2

from assets.bank import Entry, Kind
from assets.images import Picture
from assets.problems import Problem
from assets.records import Origin
from natocc.geometry import Image
from shards.storage import sha256_bytes

EXPECTED_MASK = "an 8-bit mask of 0 and 255"
# Three equal channels are how CelebAMask-HQ stores its masks: nothing to report.
_USUAL = ("three channels",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """``entry`` is None where the input was refused; ``problems`` says why, or what was converted.

    ``counted``: names of what the bank's index counts.
    """

    entry: Entry | None
    members: dict[str, bytes]
    problems: tuple[Problem, ...]
    counted: tuple[str, ...] = ()


def refuse(where: str, expected: str, got: str) -> Prepared:
    return Prepared(entry=None, members={}, problems=(Problem(path=where, expected=expected, got=got),))


def unusual(notes: tuple[str, ...]) -> tuple[str, ...]:
    """The conversions of a mask that are worth a line."""
    return tuple(note for note in notes if note not in _USUAL)


def conversions(where: str, expected: str, notes: tuple[str, ...]) -> tuple[Problem, ...]:
    """One line for all that was converted in a file; none for none."""
    if not notes:
        return ()
    return (Problem(path=where, expected=expected, got=", ".join(notes), action="converted"),)


def make_entry(
    kind: Kind, name: str, category: str, where: str, origin: Origin, picture: Picture, size: tuple[int, int]
) -> Entry:
    """A row of the bank; the photograph is the file itself where the side-car names no other."""
    return Entry(
        kind=kind,
        id=name,
        dataset=origin.dataset,
        category=category,
        split=origin.split or "train",
        subset=origin.subset,
        person=origin.person,
        photo=origin.photo or sha256_bytes(picture.data),
        licence=origin.licence,
        grade=origin.grade,
        source=where,
        height=size[0],
        width=size[1],
        sha256="",
        shard="",
        members={},
    )


def relative(path: Path, raw: Path) -> str:
    """The path as problems and entries name it; ``path`` must lie under ``raw``."""
    text, head = str(path), f"{raw}{os.sep}"
    # In a tenth of relative_to's time: it is asked for every file.
    inside = text.removeprefix(head) if text.startswith(head) else str(path.relative_to(raw))
    return inside.replace(os.sep, "/")


def fine_jpeg(image: Image, quality: int = 97) -> bytes:
    """JPEG without chroma subsampling, for pixels that will be warped and coded again."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)[1].tobytes()
