"""A bank's face as one looks at its mask: the photograph, with the mask's outline on it."""

from __future__ import annotations

import json

import cv2
import numpy as np

from assets.bank.reader import Bank, Entry
from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Image
from natocc.occluders.bank_files import read_span
from shards import storage

# Green and its dark rim stand out on skin, hair and paper.
_LINE, _RIM = (60, 255, 60), (0, 60, 0)


def face_tile(bank: Bank, entry: Entry) -> Image:
    """RGB of the face with an untinted mask, so that what lies under it can be judged."""
    members = bank.read(entry)
    return outlined(decode_rgb(members["jpg"]), decode_plane(members["mask.png"]))


def outlined(picture: Image, mask: Image) -> Image:
    """RGB uint8 with the outlines of a mask (uint8, non-zero inside, any size of the same aspect)."""
    plane = cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    outlines, _ = cv2.findContours((plane > 0).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    out = np.ascontiguousarray(picture.copy())
    width = max(1, max(picture.shape) // 250)
    cv2.drawContours(out, outlines, -1, _RIM, 3 * width)
    cv2.drawContours(out, outlines, -1, _LINE, width)
    return out


def face_facts(bank: Bank, entry: Entry) -> dict[str, object]:
    """What the entry's json says, read alone: photographs are a hundred times as large."""
    if "json" not in entry.members:
        return {}
    span = entry.members["json"]
    said = json.loads(read_span(storage.join(bank.url, entry.shard), span.offset, span.size).decode("utf-8"))
    return said if isinstance(said, dict) else {}
