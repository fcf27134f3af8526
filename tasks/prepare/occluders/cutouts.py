"""Prepare a ready-made cut-out of an object for the bank."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from assets.pictures.frame import mask_upright
from assets.pictures.mask import read_mask
from assets.pictures.photograph import Picture, read_image
from assets.pictures.polarity import OBJECT_MASK, alpha_doubts, check_subject
from assets.pictures.rgba import read_rgba
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import RawCutout
from natocc.geometry import Image
from natocc.matting.cutout import soften_enlarged
from tasks.prepare.entry import EXPECTED_MASK, Prepared, make_entry, read_from, refuses_bad_input
from tasks.prepare.occluders.finish import finish_cut_out

# Notes that every picture with transparency has; they are not reported.
_NOTES_OF_ALPHA = ("PNG", "WEBP", "alpha channel", "greyscale with alpha", "palette", "transparent colour")
# A matte with fewer grey pixels than this share of its contour's pixels is a hard mask.
_HARD = 0.25
_ASPECT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pixels:
    """``rgb`` uint8 HxWx3, ``matte`` uint8 HxW of the same size."""

    rgb: Image
    matte: Image
    picture: Picture
    notes: tuple[str, ...]  # what was converted in the picture
    problems: tuple[Problem, ...] = ()  # what was converted in the mask, or is doubtful


@refuses_bad_input
def prepare_cutout(cutout: RawCutout, raw: Path, pool: str = "object") -> Prepared:
    """Keep a cut-out, long side at most 1024. Its matte is its alpha channel or the mask beside it.

    ``pool``: one of natocc/kinds.py. A hard mask gets the soft edge of other objects. It refuses a picture
    without alpha if no mask is named, a picture that is transparent or opaque throughout, and a mask of
    another aspect.
    """
    pixels = _read_transparent(cutout, raw) if cutout.mask is None else _read_masked(cutout, cutout.mask, raw)
    matte = pixels.matte
    if _is_hard(matte):
        matte = soften_enlarged(matte, cutout.enlarged)
    metadata: dict[str, object] = {"category": cutout.category, "matte": "given"}
    if cutout.enlarged > 1:
        metadata |= {"upscaler": "given", "enlarged": cutout.enlarged}
    metadata |= cutout.metadata
    where = relative(cutout.image, raw)
    blank = make_entry(pool, cutout.id, cutout.category, where, cutout.origin, pixels.picture, (0, 0))
    prepared = finish_cut_out(blank, pixels.notes, pixels.rgb, matte, metadata, cutout.enlarged)
    return replace(prepared, problems=prepared.problems + pixels.problems) if prepared.entry else prepared


def _read_transparent(cutout: RawCutout, raw: Path) -> _Pixels:
    rgb, matte, picture = read_from(read_rgba, cutout.image, raw)
    notes = tuple(note for note in picture.notes if note not in _NOTES_OF_ALPHA)
    doubts = alpha_doubts(relative(cutout.image, raw), matte)
    return _Pixels(rgb=rgb, matte=matte, picture=picture, notes=notes, problems=doubts)


def _read_masked(cutout: RawCutout, path: Path, raw: Path) -> _Pixels:
    """The picture, and the mask in ``path`` resized to the picture if needed."""
    picture = read_from(read_image, cutout.image, raw)
    mask, mask_notes = read_from(read_mask, path, raw)
    mask = mask_upright(mask, picture, cutout.origin.frame, relative(cutout.image, raw))
    where = relative(path, raw)
    height, width = picture.rgb.shape[:2]
    size = f"{mask.shape[1]}x{mask.shape[0]}"
    if abs(mask.shape[1] * height / (mask.shape[0] * width) - 1) > _ASPECT:
        raise BadInput(f"its picture's size {width}x{height}", size, where)
    if not mask.any():
        raise BadInput("a mask with pixels", "an empty mask", where)
    doubts = check_subject(mask, OBJECT_MASK, where)
    if mask.shape != (height, width):
        mask_notes += (f"{size} for a picture of {width}x{height}",)
        mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    problems = conversions(where, EXPECTED_MASK, unusual(mask_notes)) + doubts
    return _Pixels(rgb=picture.rgb, matte=mask, picture=picture, notes=picture.notes, problems=problems)


def _is_hard(matte: Image) -> bool:
    """Return whether the edge has hardly any pixels between transparent and solid."""
    solid = (matte > 127).astype(np.uint8)
    contour = cv2.countNonZero(solid - cv2.erode(solid, np.ones((3, 3), np.uint8)))
    grey = int(((matte > 8) & (matte < 247)).sum())
    return grey < _HARD * max(contour, 1)
