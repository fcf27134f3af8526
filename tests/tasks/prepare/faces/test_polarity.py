from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.problems import BadInput
from natocc.geometry import Image
from tasks.prepare.faces.polarity import check_parts
from tests.raw_trees import disc

SKIN, NOSE = disc(80, 80), disc(80, 80, 0.1)
HAIR = cv2.subtract(disc(80, 80, 0.9), SKIN)
NECK = np.zeros_like(SKIN)
NECK[66:, 30:50] = 255
RAW = Path("raw")


def check(**parts: Image) -> list[str]:
    files = {name: RAW / f"0_{name}.png" for name in parts}
    return [f"{problem.action} {problem}" for problem in check_parts(parts, files, RAW)]


def test_sound_parts_are_sound() -> None:
    assert check(skin=SKIN, nose=NOSE, hair=HAIR, neck=NECK) == []
    holes = cv2.subtract(SKIN, NOSE)
    assert check(skin=holes, nose=NOSE, hair=HAIR) == [], "labels that exclude each other"


def test_hair_along_the_whole_border_is_sound() -> None:
    assert check(skin=SKIN, hair=255 - SKIN) == []


@pytest.mark.parametrize(
    ("parts", "part"),
    [
        ({"skin": 255 - SKIN}, "skin"),
        ({"skin": SKIN | 255}, "skin"),
        ({"hair": 255 - HAIR}, "hair"),
        ({"hair": HAIR | 255}, "hair"),
        ({"nose": 255 - NOSE}, "nose"),
        ({"skin": 255 - SKIN, "nose": 255 - NOSE, "hair": 255 - HAIR}, "skin"),
        ({"skin": cv2.subtract(255 - SKIN, disc(80, 80, 0.8)) | HAIR | NECK}, "skin"),
    ],
)
def test_an_inverted_part_is_named(parts: dict[str, Image], part: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(**({"skin": SKIN, "nose": NOSE, "hair": HAIR, "neck": NECK} | parts))
    assert caught.value.where == f"0_{part}.png"


def test_a_doubtful_part_is_noted() -> None:
    face = SKIN.copy()
    face[40:, 20:60] = 255
    (line,) = check(skin=255 - face)
    assert line.startswith(
        "noted 0_skin.png: expected white on the face and black around it, got white in 4 "
    )
