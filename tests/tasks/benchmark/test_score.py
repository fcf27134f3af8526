"""Predictions of test sets as rows of counts."""

from __future__ import annotations

import numpy as np

from tasks.benchmark.counts.measure import Predictor
from tasks.benchmark.score import pictures_a_second, score_sets
from tasks.benchmark.sets.picture import PictureFacts, TestPicture, TestSet
from tasks.infer.network import Floats32, ReadyNetwork


def scores(images: Floats32) -> Floats32:
    """Red is face."""
    return images[:, :1] - np.float32(0.5)


NETWORK = ReadyNetwork(scores=scores, classes=1, size=32, multiple=16, any_size=True, target="mask")


def red_left(key: str, height: int, width: int) -> TestPicture:
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2, 0] = 255
    mask = np.zeros((height // 2, width // 2), np.uint8)
    mask[:, : width // 4] = 1
    return TestPicture(facts=PictureFacts(key=key), image=image, mask=mask)


def test_every_picture_is_scored_at_its_mask_s_size() -> None:
    pictures = [red_left(f"k{number}", 64 + 16 * number, 128) for number in range(6)]
    one = TestSet(name="s", policy="voo", facts=tuple(p.facts for p in pictures), read=lambda: iter(pictures))
    done: list[int] = []
    for tta in (False, True):
        who = Predictor(network="n", mixture="a", seed=1, tta=tta)
        rows = list(score_sets(NETWORK, [one], who, on_picture=lambda: done.append(1)))
        assert [row["key"] for row in rows] == [f"k{number}" for number in range(6)]
        for row, picture in zip(rows, pictures, strict=True):
            counts = np.asarray(row["confusion"])
            assert (row["height"], row["width"]) == picture.mask.shape and counts.sum() == picture.mask.size
            # The edge is as sharp as 32 pixels over the width allow.
            assert (counts[1] + counts[2]) / counts.sum() < 0.05
    assert len(done) == 12


def test_speed_is_pictures_a_second_after_a_warm_up() -> None:
    calls: list[tuple[int, ...]] = []

    def counted(images: Floats32) -> Floats32:
        calls.append(images.shape)
        return scores(images)

    network = ReadyNetwork(scores=counted, classes=1, size=32, multiple=16, any_size=True, target="mask")
    assert pictures_a_second(network) > 0
    assert set(calls) == {(1, 3, 32, 32)} and len(calls) > 100
