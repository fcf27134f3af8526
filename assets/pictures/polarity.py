"""Inverted masks: white where a face, a hand or an object cannot be."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from assets.problems import BadInput, Problem
from natocc.geometry import Image

WHITE_ALL_OVER = "a mask that is white all over"
_INVERT = "it looks inverted; invert the file"
_LOOK = "look whether it is inverted"
# Share of the other mask with which an inverted mask agrees, and share of a mask outside the other.
_AGREES, _OUTSIDE = 0.5, 0.5
_SOLID = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a mask shows, and when its frame is that of an inverted mask.

    A mask with four white corners is inverted for certain if at least ``border`` of the picture's border and
    at most ``middle`` of its middle ninth are white. With ``corners`` white corners it is doubtful.
    """

    name: str
    border: float
    middle: float
    corners: int = 4
    doubtful_middle: float = 1.0
    # Whether it may fill its picture, as a book does.
    may_fill: bool = False


FACE_MASK = Subject(name="face", border=0.9, middle=1.0)
# One hand enters by two sides of the picture at most, so it covers two corners at most.
HAND_MASK = Subject(name="hand", border=0.0, middle=1.0, corners=3)
# A picture frame has a hole in the middle.
OBJECT_MASK = Subject(name="object", border=0.95, middle=0.5, doubtful_middle=0.5, may_fill=True)
FEATURE_MASK = Subject(name="part", border=0.5, middle=1.0)


def check_subject(mask: Image, subject: Subject, where: str) -> tuple[Problem, ...]:
    """The note on a mask (uint8 HxW of 0 and 255, not empty) whose polarity is doubtful.

    Raises BadInput, with ``where``, for a mask that looks inverted or is white all over.
    """
    try:
        if mask.all() and subject.may_fill:
            return polarity_doubts(where, WHITE_ALL_OVER, subject.name)
        refuse_full(mask, subject.name)
        return polarity_doubts(where, check_polarity(mask, subject), subject.name)
    except BadInput as error:
        raise BadInput(error.expected, error.got, where) from error


def check_polarity(mask: Image, subject: Subject) -> str:
    """What makes the polarity of a mask (uint8 HxW of 0 and 255) doubtful; "" for a sound mask.

    Raises BadInput for a mask that looks inverted for certain.
    """
    corners = sum(int(mask[y, x] > 0) for y in (0, -1) for x in (0, -1))
    if corners < subject.corners:
        return ""
    border = float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).astype(bool).mean())
    height, width = mask.shape
    inner = mask[height // 3 : height - height // 3, width // 3 : width - width // 3]
    middle = cv2.countNonZero(inner) / max(inner.size, 1)
    got = f"white in {corners} corners and on {border:.0%} of the border: "
    if corners == 4 and border >= subject.border and middle <= subject.middle:
        raise inverted(subject, got)
    return got + _LOOK if middle <= subject.doubtful_middle else ""


def check_against(mask: Image, other: Image, name: str) -> str:
    """As ``check_polarity``, by another mask of the same face and size; ``name`` is what it is called.

    The complement of an inverted mask agrees with ``other`` (IoU), and most of it lies outside ``other``. A
    mask of which little is visible lies within.
    """
    outside = cv2.countNonZero(mask & ~other) / max(cv2.countNonZero(mask), 1)
    as_is, opposite = _iou(mask, other), _iou(~mask, other)
    if outside <= _OUTSIDE or opposite <= as_is:
        return ""
    got = f"one whose black agrees with {name} (IoU {opposite:.2f}), its white hardly ({as_is:.2f}): "
    if opposite >= _AGREES:
        raise inverted(FACE_MASK, got)
    return got + _LOOK


def refuse_full(mask: Image, name: str) -> None:
    """Raise BadInput for a mask that is white all over."""
    if mask.all():
        raise BadInput(f"a mask of the {name} alone", WHITE_ALL_OVER)


def inverted(subject: Subject, got: str) -> BadInput:
    """The fault of a mask that looks inverted; ``got`` ends with a colon."""
    return BadInput(_expected(subject.name), got + _INVERT)


def polarity_doubts(where: str, doubt: str, name: str) -> tuple[Problem, ...]:
    """The note on a doubtful polarity; empty without a doubt."""
    return (Problem(path=where, expected=_expected(name), got=doubt, action="noted"),) if doubt else ()


def alpha_doubts(where: str, alpha: Image) -> tuple[Problem, ...]:
    """The note on an alpha (uint8 HxW) that may be inverted. It shows in any viewer, so it is used."""
    try:
        doubt = check_polarity(np.where(alpha > _SOLID, np.uint8(255), np.uint8(0)), OBJECT_MASK)
    except BadInput as error:
        doubt = error.got.replace(_INVERT, _LOOK)
    expected = "alpha that is opaque on the occluder and clear around it"
    got = doubt.replace("white", "opaque")
    return (Problem(path=where, expected=expected, got=got, action="noted"),) if doubt else ()


def _expected(name: str) -> str:
    return f"white on the {name} and black around it"


def _iou(one: Image, other: Image) -> float:
    return cv2.countNonZero(one & other) / max(cv2.countNonZero(one | other), 1)
