"""One hand or texture into the bank."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from assets.datasets.hands.reader import MASKS
from assets.pictures.images import read_image, read_mask
from assets.problems import BadInput, Problem, conversions, unusual
from assets.reading.folders import relative
from assets.records import RawHand, RawTexture
from natocc.codecs import encode_jpeg
from natocc.matting.cutout import clear_border, soft_matte, turn
from natocc.matting.hand_mask import segment_hand
from natocc.matting.hand_orientation import turn_fingers_down
from natocc.resize.scale import limit_long_side
from natocc.verdicts import NotFound
from tasks.prepare.entry import EXPECTED_MASK, Prepared, make_entry, refuse
from tasks.prepare.occluders.finish import EXPECTED_PHOTO, LONG_SIDE, cut_out


def prepare_hand(hand: RawHand, raw: Path) -> Prepared:
    """Cut a hand out of its light ground and turn it fingers-down, long side at most 1024.

    The mask is the one beside it, else found; so is the angle.
    """
    where = relative(hand.image, raw)
    try:
        picture = read_image(hand.image)
    except BadInput as error:
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
        except BadInput as error:
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
    except BadInput as error:
        return refuse(where, error.expected, error.got)
    rgb = limit_long_side(picture.rgb, LONG_SIDE)
    kept = picture.plain_jpeg and rgb is picture.rgb
    members = {"jpg": picture.data if kept else encode_jpeg(rgb, 97)}
    if texture.facts:
        members["json"] = json.dumps(texture.facts).encode()
    entry = make_entry(
        "texture", texture.id, texture.texture_class, where, texture.origin, picture, rgb.shape[:2]
    )
    return Prepared(entry=entry, members=members, problems=conversions(where, EXPECTED_PHOTO, picture.notes))
