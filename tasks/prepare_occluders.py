"""One object, hand or texture into the bank."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from assets.hands import MASKS
from assets.images import Unreadable, read_image, read_mask
from assets.problems import Problem
from assets.records import RawHand, RawObject, RawTexture
from assets.upscalers import FACTOR, upscaler_named
from natocc.codecs import encode_jpeg, encode_png
from natocc.cutout import clear_border, limit_side, soft_matte, turn
from natocc.fingers_down import turn_fingers_down
from natocc.geometry import Box, mask_box
from natocc.hand_mask import segment_hand
from natocc.light_ground import NotFound
from tasks.prepare_cut import EXPECTED_PHOTO, LONG_SIDE, cut_out
from tasks.prepare_outline import Matte, make_matte, polygons_within, rasterise
from tasks.prepared import (
    EXPECTED_MASK,
    Prepared,
    conversions,
    fine_jpeg,
    make_entry,
    refuse,
    relative,
    unusual,
)

# Context round an object, as a share of its box: upscalers see where the object ends.
_CONTEXT = 0.08


def prepare_object(thing: RawObject, raw: Path, upscaler: str) -> Prepared:
    """Cut an instance out, four times enlarged, long side at most 1024.

    What it was cut from is kept beside it: ``context.jpg`` and, of the same size, the matte
    ``context.png``, so that it can be enlarged anew without the photograph.
    """
    where = f"{relative(thing.image, raw)} annotation {int(thing.id)}"
    try:
        picture = read_image(thing.image)
    except Unreadable as error:
        return refuse(where, error.expected, error.got)
    if picture.rgb.shape[:2] != thing.image_size:
        expected = f"the annotated size {thing.image_size[1]}x{thing.image_size[0]}"
        return refuse(where, expected, f"{picture.rgb.shape[1]}x{picture.rgb.shape[0]}")
    try:
        mask = rasterise(thing.segmentation, thing.image_size)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        return refuse(where, "polygons or RLE of its photograph's size", f"{type(error).__name__}: {error}")
    if not mask.any():
        return refuse(where, "an outline with pixels inside the photograph", "an empty one")
    box = mask_box(mask)
    box = box.grow(2 + round(_CONTEXT * max(box.width, box.height)), thing.image_size)
    # An object that is large already needs no more pixels, and four times them would fill the memory.
    crop, outline = limit_side(picture.rgb[box.slices], mask[box.slices], LONG_SIDE)
    crop, outline = np.ascontiguousarray(crop), np.where(outline > 127, 255, 0).astype(np.uint8)
    polygons = polygons_within(thing.segmentation, box, outline.shape)
    matte = make_matte(crop, outline, polygons)
    large = upscaler_named(upscaler)(crop)
    facts: dict[str, object] = {"category": thing.category, "annotation": int(thing.id), "upscaler": upscaler}
    facts |= {**matte.facts, "context": _context(box, matte, polygons), **thing.facts}
    # What another upscaler needs in place of the photograph.
    kept = {"context.jpg": fine_jpeg(crop), "context.png": encode_png(matte.alpha)}
    blank = make_entry("object", thing.id, thing.category, where, thing.origin, picture, (0, 0))
    return cut_out(blank, picture.notes, large, matte.large, facts, FACTOR, kept)


def _context(box: Box, matte: Matte, polygons: list[list[float]]) -> dict[str, object]:
    """Where ``context.jpg`` lies in the photograph, in its pixels, and how many times it was enlarged.

    Where the matte is the outline's, the polygons too, in pixels of ``context.jpg``.
    """
    outline = {"outline": polygons} if matte.facts["matte"] == "outline" and polygons else {}
    place = {"x": box.x0, "y": box.y0, "width": box.width, "height": box.height}
    return {**place, "factor": FACTOR, **outline}


def prepare_hand(hand: RawHand, raw: Path) -> Prepared:
    """Cut a hand out of its light ground and turn it fingers-down, long side at most 1024.

    The mask is the one beside it, else found; so is the angle.
    """
    where = relative(hand.image, raw)
    try:
        picture = read_image(hand.image)
    except Unreadable as error:
        return refuse(where, error.expected, error.got)
    facts: dict[str, object] = {
        "aspect": hand.aspect,
        "skin": hand.skin,
        "subject": hand.subject,
        "accessories": hand.accessories,
        "irregularities": hand.irregularities,
        **hand.facts,
    }
    noted: tuple[Problem, ...] = ()
    if hand.mask is None:
        found = segment_hand(picture.rgb)
        if isinstance(found, NotFound):
            return refuse(where, f"{found.expected}, or a mask {MASKS}/{hand.image.stem}.png", found.got)
        mask = found.mask
        facts |= {"mask": "segmented", "contrast": round(found.contrast, 1)}
    else:
        try:
            mask, mask_notes = read_mask(hand.mask)
        except Unreadable as error:
            return refuse(relative(hand.mask, raw), error.expected, error.got)
        if mask.shape != picture.rgb.shape[:2]:
            expected = f"its photograph's size {picture.rgb.shape[1]}x{picture.rgb.shape[0]}"
            return refuse(relative(hand.mask, raw), expected, f"{mask.shape[1]}x{mask.shape[0]}")
        if not mask.any():
            return refuse(relative(hand.mask, raw), "a mask with pixels", "an empty mask")
        noted = conversions(relative(hand.mask, raw), EXPECTED_MASK, unusual(mask_notes))
        facts["mask"] = "given"
    told: str = "side-car"
    rot_deg = hand.rot_deg
    if rot_deg is None:
        rot_deg, told = turn_fingers_down(mask)
    facts |= {"rot_deg": rot_deg, "rot_from": told}
    rgb, matte = turn(picture.rgb, soft_matte(clear_border(mask)), rot_deg)
    blank = make_entry("hand", hand.id, hand.aspect, where, hand.origin, picture, (0, 0))
    prepared = cut_out(blank, picture.notes, rgb, matte, facts)
    return replace(prepared, problems=prepared.problems + noted) if prepared.entry else prepared


def prepare_texture(texture: RawTexture, raw: Path) -> Prepared:
    """A texture as it is, long side at most 1024."""
    where = relative(texture.image, raw)
    try:
        picture = read_image(texture.image)
    except Unreadable as error:
        return refuse(where, error.expected, error.got)
    rgb, _ = limit_side(picture.rgb, np.zeros(picture.rgb.shape[:2], np.uint8), LONG_SIDE)
    kept = picture.plain_jpeg and rgb is picture.rgb
    members = {"jpg": picture.data if kept else encode_jpeg(rgb, 97)}
    if texture.facts:
        members["json"] = json.dumps(texture.facts).encode()
    entry = make_entry(
        "texture", texture.id, texture.texture_class, where, texture.origin, picture, rgb.shape[:2]
    )
    return Prepared(entry=entry, members=members, problems=conversions(where, EXPECTED_PHOTO, picture.notes))
