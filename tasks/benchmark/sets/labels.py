"""The planes of a test picture, from the bytes of a shard's members."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from natocc.masks.binary import as_binary
from natocc.masks.policy import CLASS_IDS
from tasks.benchmark.sets.picture import PictureFacts, TestPicture

_GLASSES = CLASS_IDS["eye_g"]
# What composed maps paint over glasses.
_BEHIND = tuple(CLASS_IDS[name] for name in ("l_eye", "r_eye", "l_brow", "r_brow"))


def decode_picture(facts: PictureFacts, members: Mapping[str, bytes], where: str) -> TestPicture:
    """Decode ``jpg``, ``mask.png``, and ``alpha.png``, ``clean_mask.png``, ``parsing.png`` if they are there.

    Planes of another size than the mask's get its size. ``where`` begins messages. Raises ValueError for a
    missing member, for bytes that do not decode, and for a mask with other values than two.
    """
    image = _decoded(members, "jpg", decode_rgb, where)
    mask = as_binary(_decoded(members, "mask.png", decode_plane, where), f"{where}.mask.png")
    planes = {
        name: _of_size(_decoded(members, f"{name}.png", decode_plane, where), mask)
        for name in ("alpha", "clean_mask", "parsing")
        if f"{name}.png" in members
    }
    clean, parsing = planes.get("clean_mask"), planes.get("parsing")
    return TestPicture(
        facts=facts,
        image=image,
        mask=mask,
        alpha=planes.get("alpha"),
        clean_mask=None if clean is None else as_binary(clean, f"{where}.clean_mask.png"),
        parsing=parsing,
        disputed=None if parsing is None else glasses(parsing, mask),
    )


def glasses(parsing: Image, mask: Image) -> Image:
    """Where glasses are, as uint8 0 and 1, by the classes of docs/format.md.

    Composed maps paint eyes and brows over glasses: with glasses, those that the mask does not call face
    count as well.
    """
    found = parsing == _GLASSES
    if found.any():
        found |= np.isin(parsing, _BEHIND) & (mask == 0)
    return np.asarray(found).view(np.uint8)


def _decoded(members: Mapping[str, bytes], name: str, decode: Callable[[bytes], Image], where: str) -> Image:
    if name not in members:
        raise ValueError(
            f"{where}.{name}: expected this member in the shard, found none; make the shard again"
        )
    try:
        return decode(members[name])
    except ValueError as error:
        raise ValueError(f"{where}.{name}: {error}") from error


def _of_size(plane: Image, mask: Image) -> Image:
    if plane.shape == mask.shape:
        return plane
    size = mask.shape[1], mask.shape[0]
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
