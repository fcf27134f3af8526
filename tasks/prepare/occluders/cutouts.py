"""A cut-out that somebody else made into the bank."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from assets.pictures.images import read_image, read_mask
from assets.pictures.rgba import read_rgba
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import RawCutout
from natocc.geometry import Image
from natocc.matting.cutout import soften_outline
from tasks.prepare.entry import EXPECTED_MASK, Prepared, make_entry, refuse
from tasks.prepare.occluders.finish import cut_out

# What a picture with transparency is by nature, and nothing to report.
_OF_ALPHA = ("PNG", "WEBP", "alpha channel", "greyscale with alpha", "palette")
# A matte with fewer grey pixels than this share of its outline is a hard mask.
_HARD = 0.25
_ASPECT = 0.01


def prepare_cutout(cutout: RawCutout, raw: Path, pool: str = "object") -> Prepared:
    """Take a cut-out as it is, long side at most 1024: the matte is its own alpha or the mask beside it.

    ``pool``: one of natocc/kinds.py. A hard mask gets the soft edge that other objects have. Refused are a
    picture without alpha where no mask is named, one that is transparent or opaque throughout, and a mask
    of another aspect.
    """
    where = relative(cutout.image, raw)
    try:
        if cutout.mask is None:
            rgb, matte, picture = read_rgba(cutout.image)
        else:
            picture = read_image(cutout.image)
            rgb = picture.rgb
    except BadInput as error:
        return refuse(where, error.expected, error.got)
    noted: tuple[Problem, ...] = ()
    if cutout.mask is None:
        notes = tuple(note for note in picture.notes if note not in _OF_ALPHA)
    else:
        notes = picture.notes
        beside = relative(cutout.mask, raw)
        try:
            matte, mask_notes = read_mask(cutout.mask)
        except BadInput as error:
            return refuse(beside, error.expected, error.got)
        height, width = rgb.shape[:2]
        if abs(matte.shape[1] * height / (matte.shape[0] * width) - 1) > _ASPECT:
            expected = f"its picture's size {width}x{height}"
            return refuse(beside, expected, f"{matte.shape[1]}x{matte.shape[0]}")
        if not matte.any():
            return refuse(beside, "a mask with pixels", "an empty mask")
        if matte.shape != (height, width):
            mask_notes += (f"{matte.shape[1]}x{matte.shape[0]} for a picture of {width}x{height}",)
            matte = cv2.resize(matte, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
        noted = conversions(beside, EXPECTED_MASK, unusual(mask_notes))
    if _is_hard(matte):
        matte = soften_outline(matte, cutout.enlarged)
    facts: dict[str, object] = {"category": cutout.category, "matte": "given"}
    if cutout.enlarged > 1:
        facts |= {"upscaler": "given", "enlarged": cutout.enlarged}
    facts |= cutout.facts
    blank = make_entry(pool, cutout.id, cutout.category, where, cutout.origin, picture, (0, 0))
    prepared = cut_out(blank, notes, rgb, matte, facts, cutout.enlarged)
    return replace(prepared, problems=prepared.problems + noted) if prepared.entry else prepared


def _is_hard(matte: Image) -> bool:
    """Whether the outline goes from nothing to all without steps between."""
    solid = (matte > 127).astype(np.uint8)
    outline = cv2.countNonZero(solid - cv2.erode(solid, np.ones((3, 3), np.uint8)))
    grey = int(((matte > 8) & (matte < 247)).sum())
    return grey < _HARD * max(outline, 1)
