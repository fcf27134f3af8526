"""A bank of one portrait, with masks and pictures that are right and wrong, as ``prepare`` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType

import cv2
import numpy as np

from assets.bank.reader import Entry
from assets.bank.writer import BankWriter
from benchmarks.inputs import textures
from natocc.codecs import encode_jpeg, encode_png
from natocc.geometry import Image
from natocc.mask_quality.score import score_mask
from natocc.masks.policy import CLASS_IDS
from tests.entries import blank_entry
from tests.natocc.inputs import portrait

# By id: the true face, an occluder under the mask, a mask that also takes hair and background.
IDS = ("true_face", "patch_on_it", "wide_mask")


def scored_bank(url: str, *, scored: bool = True, known: Mapping[str, object] = MappingProxyType({})) -> str:
    """Write the bank; returns its URL. ``scored`` False: as banks were before masks had scores.

    ``known``: defects by id of the face.
    """
    image, mask, classes = portrait()
    parts = {name: (classes == number).astype(np.uint8) * 255 for name, number in CLASS_IDS.items()}
    wide = cv2.dilate(mask, np.ones((61, 61), np.uint8)).astype(np.uint8)
    writer = BankWriter(url)
    for name, picture, one in zip(IDS, (image, _patched(image), image), (mask, mask, wide), strict=True):
        small = cv2.resize(picture, mask.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.uint8)
        there = {part: plane for part, plane in parts.items() if plane.any()} | {"skin": one}
        facts: dict[str, object] = {"mask": "corrected" if name == "wide_mask" else "policy"}
        if name in known:
            facts["known_defects"] = known[name]
        if scored:
            facts["suspicion"] = asdict(score_mask(small, there, one))
        members = {"jpg": encode_jpeg(picture), "mask.png": encode_png(one)}
        writer.add(_entry(name), members | {"json": json.dumps(facts).encode()})
    writer.close(upscaler="lanczos")
    return url


def _patched(image: Image) -> Image:
    gravel = cv2.resize(dict(textures())["gravel"], image.shape[1::-1], interpolation=cv2.INTER_AREA)
    disc = cv2.circle(np.zeros(image.shape[:2], np.uint8), (420, 700), 80, 1, -1)
    return np.where(disc[..., None] > 0, gravel, image).astype(np.uint8)


def _entry(name: str) -> Entry:
    return blank_entry(
        "face",
        name,
        dataset="CelebAMask-HQ",
        category="corrected" if name == "wide_mask" else "",
        licence="public domain",
        source=f"CelebAMask-HQ/CelebA-HQ-img/{name}.jpg",
        height=1024,
        width=1024,
    )
