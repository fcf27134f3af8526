"""A small bank in memory and faces of any size, for tests of what runs while a network trains."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np

from benchmarks import inputs
from natocc import NatOcc, RandOcc
from natocc.geometry import Image
from natocc.occluders.bank import OccluderBank


@cache
def bank() -> OccluderBank:
    """One hand, one cup, three textures, none longer than 200 pixels."""
    return OccluderBank(
        hands={"hand": inputs.hand()},
        objects={"cup": inputs.cup()},
        textures=dict(inputs.textures()),
        long_side=200,
    )


@cache
def training_face(height: int = 256, width: int = 256) -> tuple[Image, Image]:
    """The portrait as RGB uint8 HxWx3 and its face mask of 0 and 1, stretched to the size."""
    image, mask = inputs.portrait()
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
    face = (cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) > 127).astype(np.uint8)
    for plane in (small, face):
        plane.setflags(write=False)
    return small, face


def out_of_reach(out: dict[str, Any]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where neither the occluder nor what it does to its surroundings changes a pixel."""
    side = 2 * out["occlusion"]["reach_px"] + 1
    return np.asarray(cv2.dilate((out["alpha"] > 0).astype(np.uint8), np.ones((side, side), np.uint8)) == 0)


def make(name: str, **options: Any) -> Any:
    """A transform with that bank, which occludes every sample."""
    kind = {"natocc": NatOcc, "randocc": RandOcc}[name]
    return kind(bank(), **({"p": 1.0} | options))


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether two outputs of a transform are equal to the byte, the reports included."""
    planes = ("image", "mask", "alpha")
    return first["occlusion"] == second["occlusion"] and all(
        np.array_equal(first[name], second[name]) for name in planes
    )
