"""Part masks of a face compared with each other: an inverted one covers what it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from pathlib import Path

import cv2
import numpy as np

from assets.pictures.polarity import (
    FACE_MASK,
    FEATURE_MASK,
    check_polarity,
    inverted,
    polarity_doubts,
    refuse_full,
)
from assets.problems import BadInput, Problem
from assets.reading.folders import relative
from natocc.geometry import Image

_SKIN = "skin"
# Parts that lie within the skin's outline, and parts that lie outside it for the most part.
_FEATURES = ("nose", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")
_AROUND = ("hair", "hat", "neck", "cloth")
_SMALL = (*_FEATURES, "eye_g", "l_ear", "r_ear", "ear_r", "neck_l")
_HALF = 0.5
_BORDER = 0.9


def check_parts(parts: Mapping[str, Image], files: Mapping[str, Path], raw: Path) -> tuple[Problem, ...]:
    """Notes on part masks whose polarity is doubtful, by their ``files``.

    ``parts`` are uint8 HxW of 0 and 255, of one size, the skin among them. Raises BadInput with the file of a
    mask that looks inverted, and of a skin that is white all over.
    """
    problems: tuple[Problem, ...] = ()
    for name in (_SKIN, *(part for part in parts if part != _SKIN)):
        where = relative(files[name], raw)
        try:
            doubt = _skin(parts) if name == _SKIN else _other(name, parts)
        except BadInput as error:
            raise BadInput(error.expected, error.got, where) from error
        problems += polarity_doubts(where, doubt, _called(name))
    return problems


def _skin(parts: Mapping[str, Image]) -> str:
    skin = parts[_SKIN]
    refuse_full(skin, "face")
    features, around = _union(parts, _FEATURES), _union(parts, _AROUND)
    if features is not None and around is not None:
        inner, outer = _covered(features, skin), _covered(around, skin)
        if inner < _HALF < outer:
            got = f"white on {outer:.0%} of hair, neck and clothes, on {inner:.0%} of the features: "
            raise inverted(FACE_MASK, got)
    return check_polarity(skin, FACE_MASK)


def _other(name: str, parts: Mapping[str, Image]) -> str:
    if name in _SMALL:
        return check_polarity(parts[name], FEATURE_MASK)
    # Hair may lie along the whole border, but not over the face as well.
    if _covered(parts[_SKIN], parts[name]) <= _HALF:
        return ""
    return check_polarity(parts[name], FACE_MASK)


def _called(name: str) -> str:
    return "face" if name == _SKIN else "part"


def _union(parts: Mapping[str, Image], names: Iterable[str]) -> Image | None:
    """The union of those parts that have pixels; None without any."""
    found = [parts[name] for name in names if name in parts and parts[name].any()]
    return reduce(np.bitwise_or, found) if found else None


def _covered(part: Image, by: Image) -> float:
    return cv2.countNonZero(cv2.bitwise_and(part, by)) / max(cv2.countNonZero(part), 1)
