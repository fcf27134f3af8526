"""Pictures and a gallery made by hand."""

from __future__ import annotations

import numpy as np

from natocc.geometry import Image
from tasks.benchmark.pages.sheets.choose import ChosenPicture, PictureScore
from tasks.benchmark.pages.sheets.gallery import Gallery, PredictedPicture
from tasks.benchmark.sets.picture import PictureFacts, TestPicture
from tests.tasks.benchmark.pages.made import NETWORK


def picture(key: str = "k0", side: int = 64) -> TestPicture:
    """A grey picture, twice as large as its mask, whose left half is face."""
    mask = np.zeros((side, side), np.uint8)
    mask[:, : side // 2] = 1
    facts = PictureFacts(key=key, occluder="hand", category="left", hidden=0.25)
    return TestPicture(facts=facts, image=np.full((2 * side, 2 * side, 3), 120, np.uint8), mask=mask)


def moved(mask: Image, by: int) -> Image:
    """The mask shifted to the right, or to the left."""
    return np.roll(mask, by, axis=1)


def gallery(arm: str = "nat", **more: object) -> Gallery:
    """Best, median and worst of ``arm``, and a sheet of two pictures, with three arms."""
    pictures = [picture(f"k{number}") for number in range(3)]
    scores = [
        PictureScore(set="RealOcc", key=f"k{number}", occluder="hand", face_iou=value)
        for number, value in enumerate((0.9, 0.8, 0.7))
    ]
    chosen = [
        *(
            ChosenPicture(place=place, score=score)
            for place, score in zip(("best", "median", "worst"), scores, strict=True)
        ),  # type: ignore[arg-type]
        *(ChosenPicture(place="sheet", score=score) for score in scores[:2]),
    ]
    shown = [
        PredictedPicture(
            set="RealOcc",
            picture=one,
            predicted={arm: one.mask, "wo": moved(one.mask, 4), "erase": moved(one.mask, -4)},
        )
        for one in pictures
    ]
    values: dict[str, object] = {
        "network": NETWORK,
        "seed": 1,
        "arm": arm,
        "chosen": tuple(chosen),
        "pictures": shown,
    }
    return Gallery(**(values | more))  # type: ignore[arg-type]
