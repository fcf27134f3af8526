"""Small folders of real photographs with masks, and a small iHarmony4, in their own formats."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import skimage.data

from natocc.geometry import Image
from natocc.harmonise.recolour import Recolouring, recolour_region
from tests.raw_trees import disc, encoded, write


def photographs(count: int, height: int = 96, width: int = 128) -> list[Image]:
    """Different parts of the astronaut's portrait and of the coffee."""
    wholes = skimage.data.astronaut(), skimage.data.coffee()
    found = []
    for number in range(count):
        whole = wholes[number % 2]
        top, left = 17 * (number // 2) % 150, 29 * (number // 2) % 200
        part = whole[top : top + 240, left : left + 320]
        found.append(np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8))
    return found


def photo_folders(folder: Path, count: int = 4) -> tuple[str, str]:
    """``photos`` and ``masks``: a disc in the middle of each."""
    for number, photo in enumerate(photographs(count)):
        write(folder / "photos" / f"{number}.jpg", encoded(photo))
        write(folder / "masks" / f"{number}.png", encoded(disc(*photo.shape[:2]), "PNG"))
    return str(folder / "photos"), str(folder / "masks")


def add_composite(raw: Path, subset: str, stem: str, split: str, photo: Image, mask: Image) -> None:
    """A composite a stop darker in the mask, with its mask, its real picture, and its line in the list."""
    real, foreground, _ = stem.rsplit("_", 2)
    dark = recolour_region(photo, mask, Recolouring(exposure=-1.0))
    folder = raw / "iHarmony4" / subset
    write(folder / "composite_images" / f"{stem}.jpg", encoded(dark))
    write(folder / "masks" / f"{real}_{foreground}.png", encoded(mask, "PNG"))
    write(folder / "real_images" / f"{real}.jpg", encoded(photo))
    with (raw / "iHarmony4" / f"IHD_{split}.txt").open("a", encoding="utf-8") as lines:
        lines.write(f"{subset}/composite_images/{stem}.jpg\n")


def iharmony4_tree(raw: Path) -> str:
    """Three composites to learn from and one held out; the folder that holds ``iHarmony4``."""
    for number, photo in enumerate(photographs(4)):
        split = "test" if number == 3 else "train"
        add_composite(raw, "HCOCO", f"c{number}_7_1", split, photo, disc(*photo.shape[:2]))
    return str(raw)
