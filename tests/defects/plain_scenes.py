"""Faces and occluders of one colour, on which every fault shows."""

from __future__ import annotations

import cv2
import numpy as np

from natocc.face import Face
from natocc.geometry import mask_box
from natocc.occluders.bank import make_texture
from natocc.occluders.occluder import Occluder, make_occluder
from natocc.randomness import Streams
from natocc.render.draw import Switches, draw_params
from natocc.render.params import Params
from natocc.transfer.apply import Method
from tests.natocc.scenes import PLAIN


def draw(on: Face, thing: Occluder, kind: str, profile: str, sample: int, method: Method = "table") -> Params:
    """By a profile without shadows and light, with colour transfer and harmonisation in full."""
    switches = Switches(transfer_strength=1.0, transfer_method=method, harmonise=True)
    return draw_params(on, thing, kind, PLAIN[profile], switches, Streams(2, kind, str(sample)))


def one_level(level: int | tuple[int, int, int], size: int = 128) -> Face:
    """A picture of one colour with a round face in it."""
    mask = np.zeros((size, size), np.uint8)
    cv2.ellipse(mask, (size // 2, size // 2), (size * 3 // 10, size * 4 // 10), 0, 0, 360, 1, -1)
    image = np.full((size, size, 3), level, np.uint8)
    return Face(image=image, mask=mask, parsing=None, box=mask_box(mask))


def white_disc(kind: str) -> Occluder:
    if kind == "randocc":
        return make_texture(np.full((64, 64, 3), 255, np.uint8))
    disc = cv2.circle(np.zeros((160, 160), np.uint8), (80, 80), 70, 255, -1, cv2.LINE_AA)
    return make_occluder(np.full((160, 160, 3), 255, np.uint8), disc)


def outline_length(plane: np.ndarray) -> float:
    contours, _ = cv2.findContours(plane.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return sum(cv2.arcLength(one, True) for one in contours)
