from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.datasets.coco.soundness import fault_of
from assets.records import Origin, RawObject
from tests.raw_trees import square

CUP = RawObject(
    id="000000000001",
    image=Path("1.jpg"),
    image_size=(480, 640),
    segmentation=square(10, 10, 100, 100),
    bbox=(10, 10, 100, 100),
    area=10_000,
    category="cup",
    origin=Origin(dataset="COCO", photo="", licence=""),
)


def test_a_whole_object_clear_of_the_border_has_no_fault() -> None:
    assert fault_of(CUP) == ""
    rle = {"size": [480, 640], "counts": [307200]}
    assert fault_of(replace(CUP, segmentation=rle)) == "", "an RLE may have pieces"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"bbox": (10, 10, 63, 100)}, "too small (below 64x64)"),
        ({"area": 4095}, "too small (below 64x64)"),
        ({"bbox": (2, 10, 100, 100)}, "at the border of the picture"),
        ({"bbox": (538, 10, 100, 100)}, "at the border of the picture"),
        ({"segmentation": square(10, 10, 9, 9) * 2}, "in more than one piece"),
        ({"bbox": (10, 10, 400, 70)}, "more than 5 times as long as wide"),
        ({"bbox": (10, 10, 300, 300)}, "sparse in the box"),
    ],
)
def test_each_fault_is_named(fields: dict[str, object], fault: str) -> None:
    assert fault_of(replace(CUP, **fields)) == fault  # type: ignore[arg-type]
