"""The result of preparing one input: an entry with its members, or the reason for a refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import cv2

from assets.bank.reader import Entry
from assets.pictures.photograph import Picture
from assets.problems import BadInput, Problem
from assets.reading.folders import relative
from assets.records import Origin
from natocc.geometry import Image
from natocc.kinds import check_entry_kind
from shards.storage import sha256_bytes

P = ParamSpec("P")
T = TypeVar("T")

EXPECTED_MASK = "an 8-bit mask of 0 and 255"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """``entry`` is None if the input was refused; ``problems`` gives the reason, or the conversions.

    ``counted`` holds the names that the bank's index counts.
    """

    entry: Entry | None
    members: dict[str, bytes]
    problems: tuple[Problem, ...]
    counted: tuple[str, ...] = ()


def refuse(where: str, expected: str, got: str) -> Prepared:
    return Prepared(entry=None, members={}, problems=(Problem(path=where, expected=expected, got=got),))


def refuses_bad_input(prepare: Callable[P, Prepared]) -> Callable[P, Prepared]:
    """``prepare`` that returns a refusal instead of raising BadInput, which must name its file."""

    @wraps(prepare)
    def prepare_or_refuse(*args: P.args, **kwargs: P.kwargs) -> Prepared:
        try:
            return prepare(*args, **kwargs)
        except BadInput as error:
            return Prepared(entry=None, members={}, problems=(error.problem(),))

    return prepare_or_refuse


def read_from(read: Callable[[Path], T], path: Path, raw: Path) -> T:
    """``read(path)``. A BadInput names the path, relative to ``raw``."""
    try:
        return read(path)
    except BadInput as error:
        raise BadInput(error.expected, error.got, error.where or relative(path, raw)) from error


def make_entry(
    kind: str, name: str, category: str, where: str, origin: Origin, picture: Picture, size: tuple[int, int]
) -> Entry:
    """A row of the bank. The photograph is the file itself unless the side-car names another.

    Raises ValueError for a kind that is not in ENTRY_KINDS.
    """
    return Entry(
        kind=check_entry_kind(kind),
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


def fine_jpeg(image: Image, quality: int = 97) -> bytes:
    """JPEG without chroma subsampling, for pixels that rendering warps and encodes again."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)[1].tobytes()
