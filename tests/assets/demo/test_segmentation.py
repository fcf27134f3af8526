from __future__ import annotations

import cv2
import numpy as np

from assets.demo.catalogue import load_catalogue
from assets.demo.pixels import annotation_mask
from assets.demo.segmentation import agreement, segment


def test_every_object_mask_comes_back_from_its_segmentation() -> None:
    kinds = set()
    for thing in load_catalogue().objects:
        if thing.mask:
            mask = annotation_mask(thing.mask)
            written = segment(mask)
            kinds.add(type(written))
            least = 0.98 if isinstance(written, list) else 1.0
            assert agreement(written, mask) >= least, thing.name
    assert kinds == {list, dict}


def test_holes_and_several_pieces_are_run_lengths() -> None:
    ring, pair = np.zeros((80, 100), np.uint8), np.zeros((80, 100), np.uint8)
    cv2.circle(ring, (50, 40), 30, 255, 12)
    cv2.circle(pair, (25, 40), 15, 255, -1)
    cv2.circle(pair, (75, 40), 15, 255, -1)
    for mask in (ring, pair):
        written = segment(mask)
        assert isinstance(written, dict)
        assert written["size"] == [80, 100]
        assert agreement(written, mask) == 1.0


def test_a_polygon_may_touch_the_border() -> None:
    mask = np.zeros((60, 90), np.uint8)
    mask[:, :40] = 255
    written = segment(mask)
    assert isinstance(written, list)
    assert agreement(written, mask) == 1.0
    assert min(written[0]) >= 0
