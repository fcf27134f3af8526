"""Small reference pictures; ``python -m tests.natocc.golden`` draws them again.

Face and occluders are cut from one public-domain portrait.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.inputs import hand
from natocc.codecs import encode_png_rgb
from natocc.face import Face, make_face
from natocc.geometry import Image
from natocc.harmonise.statistics import harmonise_statistics
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.profiles import PROFILES
from natocc.randomness import Streams
from natocc.render.compose import render
from natocc.render.draw import Switches, draw_params
from tests.natocc.inputs import portrait

FOLDER = Path(__file__).parent / "golden"
SIDE = 96
CASES: tuple[tuple[str, str], ...] = (
    ("randocc", "best"),
    ("object", "best"),
    ("hand", "best"),
    ("randocc", "paper"),
    ("object", "code"),
    ("hand", "paper"),
)


def path_of(kind: str, profile: str) -> Path:
    return FOLDER / f"{kind}_{profile}.png"


@cache
def _face() -> Face:
    image, mask, classes = portrait()
    return make_face(image, mask, classes, long_side=SIDE)


def _occluder(kind: str) -> Occluder:
    image = portrait()[0]
    if kind == "hand":
        return make_occluder(*hand())
    if kind == "randocc":
        return make_occluder(np.ascontiguousarray(image[:400, 250:650]), None)
    suit = np.ascontiguousarray(image[880:1024, 100:400])
    return make_occluder(suit, np.full(suit.shape[:2], 255, np.uint8))


def strip(kind: str, profile: str) -> Image:
    """Occluded, clean, alpha, label and classes of one sample, side by side as RGB."""
    switches = Switches(transfer_strength=1.0, harmonise=True)
    streams = Streams(2, kind, "golden")
    occluder = _occluder(kind)
    params = draw_params(_face(), occluder, kind, PROFILES[profile], switches, streams)
    got = render(_face(), occluder, params, harmonise_statistics)
    assert got.parsing is not None
    planes = [got.alpha, got.mask * np.uint8(255), got.parsing * np.uint8(13)]
    return np.hstack([got.image, got.clean, *(np.dstack([plane] * 3) for plane in planes)])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for case in CASES:
        path_of(*case).write_bytes(encode_png_rgb(strip(*case)))
