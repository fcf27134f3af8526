"""A tile for judging a face's mask: the photograph with the mask's contours."""

from __future__ import annotations

import cv2
import numpy as np

from assets.bank.reader import Bank, Entry
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image

# Green with a dark rim is visible on skin, hair and white paper.
_LINE, _RIM = (60, 255, 60), (0, 60, 0)


def face_tile(bank: Bank, entry: Entry) -> Image:
    """RGB of the face. The mask is not tinted, so the pixels under it can be judged."""
    members = bank.read(entry)
    return draw_contours(decode_rgb(members["jpg"]), decode_plane(members["mask.png"]))


def draw_contours(picture: Image, mask: Image) -> Image:
    """RGB uint8 with the contours of a mask (uint8, non-zero inside, any size of the same aspect)."""
    plane = cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    contours, _ = cv2.findContours((plane > 0).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    out = np.ascontiguousarray(picture.copy())
    width = max(1, max(picture.shape) // 250)
    cv2.drawContours(out, contours, -1, _RIM, 3 * width)
    cv2.drawContours(out, contours, -1, _LINE, width)
    return out
