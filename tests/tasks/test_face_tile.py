from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from assets.bank.reader import Bank
from natocc.codecs import decode_plane, decode_rgb
from tasks.face_tile import face_tile
from tests.scored_faces import scored_bank


def test_the_contour_of_a_mask_is_drawn_and_the_rest_untouched(tmp_path: Path) -> None:
    bank = Bank(scored_bank(str(tmp_path / "bank")))
    entry = next(face for face in bank.entries("face") if face.id == "true_face")
    members = bank.read(entry)
    picture, mask = decode_rgb(members["jpg"]), decode_plane(members["mask.png"])
    changed = (face_tile(bank, entry) != picture).any(axis=-1)
    deep = cv2.resize(cv2.erode(mask, np.ones((15, 15), np.uint8)), (1024, 1024)) > 254
    far = cv2.resize(cv2.dilate(mask, np.ones((15, 15), np.uint8)), (1024, 1024)) == 0
    assert changed.any() and not changed[deep].any() and not changed[far].any()
