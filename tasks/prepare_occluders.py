"""One object, hand or texture into the bank."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from assets.hands import MASKS
from assets.images import Unreadable, read_image, read_mask
from assets.problems import Problem
from assets.records import RawHand, RawObject, RawTexture
from assets.upscalers import FACTOR, upscaler_named
from natocc.codecs import encode_jpeg
from natocc.cutout import clear_border, limit_side, soft_matte, turn
from natocc.fingers_down import turn_fingers_down
from natocc.geometry import Image, mask_box
from natocc.hand_mask import segment_hand
from natocc.light_ground import NotFound
from natocc.rle import decode_runs
from tasks.prepare_cut import EXPECTED_PHOTO, LONG_SIDE, cut_out
from tasks.prepared import (
    EXPECTED_MASK,
    Prepared,
    conversions,
    make_entry,
    refuse,
    relative,
    unusual,
)

# Context round an object, as a share of its box: upscalers see where the object ends.
_CONTEXT = 0.08


def prepare_object(thing: RawObject, raw: Path, upscaler: str) -> Prepared:
    """Cut an instance out, four times enlarged, long side at most 1024."""
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
    large = upscaler_named(upscaler)(np.ascontiguousarray(crop))
    matte = soft_matte(np.ascontiguousarray(outline), FACTOR)
    facts: dict[str, object] = {"category": thing.category, "annotation": int(thing.id), "upscaler": upscaler}
    facts |= thing.facts
    blank = make_entry("object", thing.id, thing.category, where, thing.origin, picture, (0, 0))
    return cut_out(blank, picture.notes, large, matte, facts, FACTOR)


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
    entry = make_entry(
        "texture", texture.id, texture.texture_class, where, texture.origin, picture, rgb.shape[:2]
    )
    return Prepared(entry=entry, members=members, problems=conversions(where, EXPECTED_PHOTO, picture.notes))


def rasterise(segmentation: list[list[float]] | dict[str, object], size: tuple[int, int]) -> Image:
    """Polygons, uncompressed or compressed RLE as uint8 HxW of 0 and 255; ``size`` is (height, width).

    Raises ValueError, TypeError or KeyError where it is neither, or an RLE of another size.
    """
    if isinstance(segmentation, dict):
        rle: dict[str, Any] = segmentation
    else:
        polygons = [_polygon(points, size) for points in segmentation]
        rle = coco_mask.merge(coco_mask.frPyObjects(polygons, *size))
    if tuple(rle["size"]) != size:
        raise ValueError(f"RLE of {'x'.join(str(side) for side in reversed(rle['size']))}")
    return decode_runs(rle["counts"], size)


def _polygon(points: list[float], size: tuple[int, int]) -> list[float]:
    """Three corners or more: pycocotools takes two for a box, and walks an edge however long."""
    values = [float(value) for value in points]
    if len(values) < 6 or len(values) % 2:
        raise ValueError(f"a polygon of {len(values)} numbers")
    if not all(abs(value) <= 4 * max(size) for value in values):
        raise ValueError("a polygon with a corner far outside")
    return values
