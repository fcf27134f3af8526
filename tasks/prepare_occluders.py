"""One object, hand or texture into the bank."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from assets.bank import Entry
from assets.images import Picture, Unreadable, read_image, read_mask
from assets.naming import id_of
from assets.records import RawHand, RawObject, RawTexture
from assets.upscalers import FACTOR, upscaler_named
from natocc.codecs import encode_jpeg, encode_png
from natocc.cutout import crop_to_matte, extend_colours, limit_side, soft_matte, turn
from natocc.geometry import Image, mask_box
from tasks.prepared import Prepared, conversions, fine_jpeg, make_entry, refuse, relative

LONG_SIDE = 1024
# Context round an object, as a share of its box: upscalers see where the object ends.
_CONTEXT = 0.08
_EXPECTED = "an upright 8-bit colour JPEG"


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
    crop = np.ascontiguousarray(picture.rgb[box.slices])
    large = upscaler_named(upscaler)(crop)
    matte = soft_matte(np.ascontiguousarray(mask[box.slices]), FACTOR)
    facts: dict[str, object] = {"category": thing.category, "annotation": int(thing.id), "upscaler": upscaler}
    blank = make_entry("object", thing.id, thing.category, where, thing.origin, picture, (0, 0))
    return _cut_out(blank, picture, large, matte, facts)


def prepare_hand(hand: RawHand, raw: Path) -> Prepared:
    """Cut a hand out of its white ground and turn it fingers-down, long side at most 1024."""
    where = relative(hand.image, raw)
    if hand.mask is None:
        return refuse(where, "a mask", "none")
    try:
        picture = read_image(hand.image)
        mask, _ = read_mask(hand.mask)
    except Unreadable as error:
        return refuse(where, error.expected, error.got)
    if mask.shape != picture.rgb.shape[:2]:
        expected = f"its photograph's size {picture.rgb.shape[1]}x{picture.rgb.shape[0]}"
        return refuse(relative(hand.mask, raw), expected, f"{mask.shape[1]}x{mask.shape[0]}")
    if not mask.any():
        return refuse(relative(hand.mask, raw), "a mask with pixels", "an empty mask")
    rgb, matte = turn(picture.rgb, soft_matte(mask), hand.rot_deg)
    facts: dict[str, object] = {"aspect": hand.aspect, "skin": hand.skin, "rot_deg": hand.rot_deg}
    blank = make_entry("hand", hand.id, hand.aspect, where, hand.origin, picture, (0, 0))
    return _cut_out(blank, picture, rgb, matte, facts)


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
    name = id_of(f"{texture.texture_class}/{texture.image.stem}")
    entry = make_entry("texture", name, texture.texture_class, where, texture.origin, picture, rgb.shape[:2])
    return Prepared(entry=entry, members=members, problems=conversions(where, _EXPECTED, picture.notes))


def rasterise(segmentation: list[list[float]] | dict[str, object], size: tuple[int, int]) -> Image:
    """Polygons, uncompressed or compressed RLE as uint8 HxW of 0 and 255.

    Raises ValueError where an RLE has another size than its photograph.
    """
    if isinstance(segmentation, dict):
        stated: tuple[int, ...] = tuple(segmentation["size"])  # type: ignore[arg-type]
        if stated != size:
            raise ValueError(f"RLE of {stated[1]}x{stated[0]}")
        counted = isinstance(segmentation["counts"], list)
        rle = coco_mask.frPyObjects(segmentation, *size) if counted else segmentation
    else:
        rle = coco_mask.merge(coco_mask.frPyObjects(segmentation, *size))
    return np.ascontiguousarray(coco_mask.decode(rle)) * np.uint8(255)


def _cut_out(blank: Entry, picture: Picture, rgb: Image, matte: Image, facts: dict[str, object]) -> Prepared:
    """Crop, limit and fill a cut-out; ``blank`` is its row but for the size."""
    try:
        rgb, matte = limit_side(*crop_to_matte(rgb, matte), LONG_SIDE)
        rgb = extend_colours(rgb, matte)
    except ValueError as error:
        return refuse(blank.source, "an outline thick enough to cut out", str(error))
    members = {
        "jpg": fine_jpeg(rgb),
        "alpha.png": encode_png(matte),
        "json": json.dumps(facts).encode(),
    }
    entry = replace(blank, height=matte.shape[0], width=matte.shape[1])
    problems = conversions(blank.source, _EXPECTED, picture.notes)
    return Prepared(entry=entry, members=members, problems=problems)
