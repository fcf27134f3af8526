"""The last steps of every cut-out: crop, limit the size, extend the colours, encode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from assets.bank.reader import Entry
from assets.problems import conversions
from natocc.codecs import encode_png
from natocc.geometry import Image
from natocc.matting.cutout import crop_to_matte, extend_colours
from natocc.resize.scale import limit_long_side
from tasks.prepare.entry import Prepared, fine_jpeg, refuse

LONG_SIDE = 1024
# Depth to which an edge mixes with the background, in pixels of the photograph.
_MIXED = 1.5
EXPECTED_PHOTO = "an upright 8-bit colour JPEG"


def finish_cut_out(
    blank: Entry,
    notes: tuple[str, ...],
    rgb: Image,
    matte: Image,
    metadata: Mapping[str, object],
    factor: int = 1,
    more: Mapping[str, bytes] | None = None,
) -> Prepared:
    """A cut-out in the bank's form, long side at most 1024.

    ``rgb`` uint8 HxWx3 and ``matte`` uint8 HxW are enlarged ``factor`` times. ``blank`` is the row without
    its size; ``notes`` name conversions on reading; ``more`` are further members. A matte without a solid
    pixel is refused.
    """
    if matte.max(initial=0) <= 127:
        return refuse(blank.source, "a matte thick enough to cut out", "one that is nowhere solid")
    rgb, matte = crop_to_matte(rgb, matte)
    size = max(matte.shape)
    rgb, matte = limit_long_side(rgb, LONG_SIDE), limit_long_side(matte, LONG_SIDE)
    rgb = extend_colours(rgb, matte, max(_MIXED, _MIXED * factor * max(matte.shape) / size))
    members = {
        "jpg": fine_jpeg(rgb),
        "alpha.png": encode_png(matte),
        **(more or {}),
        "json": json.dumps(metadata).encode(),
    }
    entry = replace(blank, height=matte.shape[0], width=matte.shape[1])
    return Prepared(entry=entry, members=members, problems=conversions(blank.source, EXPECTED_PHOTO, notes))
