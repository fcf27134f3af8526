"""Prepare one hand or texture for the bank."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from assets.datasets.hands.reader import HAND_MASKS
from assets.pictures.frame import mask_upright
from assets.pictures.mask import read_mask
from assets.pictures.photograph import Picture, read_image
from assets.pictures.polarity import HAND_MASK, check_subject
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import RawHand, RawTexture
from natocc.codecs import encode_jpeg
from natocc.geometry import Image
from natocc.matting.cutout import clear_border, soft_matte, turn_cutout
from natocc.matting.hand_mask import segment_hand
from natocc.matting.hand_orientation import turn_fingers_down
from natocc.resize.scale import limit_long_side
from natocc.verdicts import NotFound
from tasks.prepare.entry import EXPECTED_MASK, Prepared, make_entry, read_from, refuses_bad_input
from tasks.prepare.occluders.finish import EXPECTED_PHOTO, LONG_SIDE, finish_cut_out


@refuses_bad_input
def prepare_hand(hand: RawHand, raw: Path) -> Prepared:
    """Cut a hand out of its light background and turn it fingers-down, long side at most 1024.

    Given mask and angle are used; otherwise they are found in the picture.
    """
    picture = read_from(read_image, hand.image, raw)
    metadata: dict[str, object] = {
        "aspect": hand.aspect,
        "skin": hand.skin,
        "subject": hand.subject,
        "accessories": hand.accessories,
        "irregularities": hand.irregularities,
        **hand.metadata,
    }
    mask, mask_metadata, problems = _hand_mask(hand, picture, raw)
    metadata |= mask_metadata
    rot_deg, rot_from = hand.rot_deg, "side-car"
    if rot_deg is None:
        rot_deg, rot_from = turn_fingers_down(mask)
    metadata |= {"rot_deg": rot_deg, "rot_from": rot_from}
    rgb, matte = turn_cutout(picture.rgb, soft_matte(clear_border(mask)), rot_deg)
    where = relative(hand.image, raw)
    blank = make_entry("hand", hand.id, hand.aspect, where, hand.origin, picture, (0, 0))
    prepared = finish_cut_out(blank, picture.notes, rgb, matte, metadata)
    return replace(prepared, problems=prepared.problems + problems) if prepared.entry else prepared


def _hand_mask(
    hand: RawHand, picture: Picture, raw: Path
) -> tuple[Image, dict[str, object], tuple[Problem, ...]]:
    """The mask uint8 HxW of 0 and 255, its origin, and the conversions of its file."""
    if hand.mask is None:
        found = segment_hand(picture.rgb)
        if isinstance(found, NotFound):
            expected = f"{found.expected}, or a mask {HAND_MASKS}/{hand.image.stem}.png"
            raise BadInput(expected, found.got, relative(hand.image, raw))
        return found.mask, {"mask": "segmented", "contrast": round(found.contrast, 1)}, ()
    where = relative(hand.mask, raw)
    mask, notes = read_from(read_mask, hand.mask, raw)
    mask = mask_upright(mask, picture, hand.origin.frame, relative(hand.image, raw))
    height, width = picture.rgb.shape[:2]
    if mask.shape != (height, width):
        expected = f"its photograph's size {width}x{height}"
        raise BadInput(expected, f"{mask.shape[1]}x{mask.shape[0]}", where)
    if not mask.any():
        raise BadInput("a mask with pixels", "an empty mask", where)
    problems = conversions(where, EXPECTED_MASK, unusual(notes)) + check_subject(mask, HAND_MASK, where)
    return mask, {"mask": "given"}, problems


@refuses_bad_input
def prepare_texture(texture: RawTexture, raw: Path) -> Prepared:
    """Keep a texture, long side at most 1024."""
    where = relative(texture.image, raw)
    picture = read_from(read_image, texture.image, raw)
    rgb = limit_long_side(picture.rgb, LONG_SIDE)
    kept = picture.plain_jpeg and rgb is picture.rgb
    members = {"jpg": picture.data if kept else encode_jpeg(rgb, 97)}
    if texture.metadata:
        members["json"] = json.dumps(texture.metadata).encode()
    entry = make_entry(
        "texture", texture.id, texture.texture_class, where, texture.origin, picture, rgb.shape[:2]
    )
    return Prepared(entry=entry, members=members, problems=conversions(where, EXPECTED_PHOTO, picture.notes))
