from __future__ import annotations

import numpy as np
import pytest

from natocc.codecs import encode_jpeg, encode_png
from tasks.training.segmenter.feed.reading.decode import decode_members, decode_small

NAMES = ("jpg", "mask.png")


def test_a_large_jpeg_is_decoded_small_and_keeps_its_colours() -> None:
    image = np.zeros((512, 512, 3), np.uint8)
    image[:, 256:] = (250, 10, 120)
    small = decode_small(encode_jpeg(image), 64)
    assert small.shape == (64, 64, 3)
    assert np.abs(small[:, 40:].astype(int).mean((0, 1)) - (250, 10, 120)).max() < 3
    assert decode_small(encode_jpeg(image[:40, :40]), 64).shape == (64, 64, 3)


def test_what_is_missing_or_broken_is_named() -> None:
    members = {
        "jpg": encode_jpeg(np.zeros((8, 8, 3), np.uint8)),
        "mask.png": encode_png(np.eye(8, dtype=np.uint8)),
    }
    found = decode_members(members, NAMES, 8, "mask", "a.tar: k")
    assert found.label.tolist() == np.eye(8).tolist()
    for changed, message in (
        (
            {"jpg": members["jpg"]},
            "a.tar: k.mask.png: expected this member in the shard, found none; build the",
        ),
        (members | {"jpg": b"x"}, "a.tar: k.jpg: "),
        (members | {"mask.png": b"x"}, "a.tar: k.mask.png: "),
    ):
        with pytest.raises(ValueError, match=f"^{message}"):
            decode_members(changed, NAMES, 8, "mask", "a.tar: k")
    with pytest.raises(ValueError, match="train on --target mask, or build a recipe with parsing: true"):
        decode_members(members, ("jpg", "parsing.png"), 8, "parsing", "a.tar: k")
