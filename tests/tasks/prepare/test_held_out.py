"""Held-out occluders from raw files to a bank that verifies."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from assets.bank.reader import Bank
from natocc.geometry import Image
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tasks.verify.version import verify
from tests.raw_trees import add_face, add_hand, add_hand_info, add_sidecar, add_texture, portrait

SKINS = ("very fair", "fair", "medium", "dark")


def gravel(number: int) -> Image:
    """Another piece of gravel for every number."""
    piece = skimage.data.gravel()[10 * number : 10 * number + 90, :120]
    return cv2.cvtColor(piece, cv2.COLOR_GRAY2RGB).astype(np.uint8)


def tree(raw: Path) -> None:
    """Two faces, a texture of each of ten classes, a hand of each of twelve subjects."""
    for number in range(2):
        add_face(raw, str(number), np.roll(portrait(), number, axis=1))
    for number in range(10):
        add_texture(raw, f"class {number}", "1.jpg", gravel(number))
    rows = []
    for number in range(12):
        plain = np.full((150, 200, 3), 255, np.uint8)
        plain[30:150, 80:120] = (190, 150, 130 + number)
        mask = np.zeros((150, 200), np.uint8)
        mask[30:150, 80:120] = 255
        add_hand(raw, number, plain, mask)
        rows.append(
            {"imageName": f"Hand_{number:07d}.jpg", "id": f"s{number}", "skinColor": SKINS[number % 4]}
        )
    add_hand_info(raw, rows)


def test_classes_and_subjects_are_held_out_and_nothing_leaks(tmp_path: Path) -> None:
    raw, url = tmp_path / "raw", str(tmp_path / "bank")
    tree(raw)
    # The photograph of a class that is held out, in another class too.
    add_texture(raw, "class 0", "again.jpg", gravel(8))
    add_sidecar(raw / "CelebAMask-HQ", {"file": "CelebA-HQ-img/1.jpg", "split": "test"})
    prepare(raw, url, workers=1)
    bank = Bank(url)
    textures = {entry.source.removeprefix("dtd/images/"): entry.split for entry in bank.entries("texture")}
    tested = {"class 8/1.jpg", "class 9/1.jpg", "class 0/again.jpg"}
    assert {name for name, split in textures.items() if split == "test"} == tested
    sides = defaultdict(set)
    for entry in bank.entries("hand"):
        sides[entry.split].add(entry.person)
    assert len(sides["test"]) == 4 and len(sides["train"]) == 8, "one of three of each tone"
    held = {"object": [], "hand": sorted(filter(None, sides["test"])), "texture": ["class 8", "class 9"]}
    assert bank.index["held_out"] == held
    assert verify(url).findings == ()


def test_nothing_is_held_out_where_it_is_not_wanted(tmp_path: Path) -> None:
    raw, url = tmp_path / "raw", str(tmp_path / "bank")
    tree(raw)
    prepare(raw, url, PrepareOptions(hold_out=False), workers=1)
    bank = Bank(url)
    assert {entry.split for entry in (*bank.entries("hand"), *bank.entries("texture"))} == {"train"}
    assert bank.index["held_out"] == {"object": [], "hand": [], "texture": []}
