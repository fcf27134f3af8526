from __future__ import annotations

import cv2
import numpy as np

from natocc.matting.grabcut import cut_by_colours


def scene() -> tuple[np.ndarray, np.ndarray]:
    """A brown disc on grey, noisy, and what is known of it: its middle and the rim of the picture."""
    truth = np.zeros((120, 160), np.uint8)
    cv2.circle(truth, (80, 60), 40, 1, -1)
    rng = np.random.default_rng(3)
    picture = np.where(truth[..., None] > 0, (150, 90, 60), (200, 200, 205)) + rng.normal(0, 8, (120, 160, 3))
    labels = np.full(truth.shape, cv2.GC_PR_BGD, np.uint8)
    labels[:5], labels[-5:], labels[:, :5], labels[:, -5:] = (cv2.GC_BGD,) * 4
    cv2.circle(labels, (80, 60), 15, cv2.GC_FGD, -1)
    return picture.clip(0, 255).astype(np.uint8), labels


def test_a_thing_is_cut_out_from_its_middle() -> None:
    picture, labels = scene()
    truth = np.hypot(*np.mgrid[-60:60, -80:80]) <= 40
    assert (cut_by_colours(picture, labels) == truth).mean() > 0.99


def test_the_generator_of_opencv_plays_no_part() -> None:
    picture, labels = scene()
    first = cut_by_colours(picture, labels)
    cv2.setRNGSeed(99)
    assert np.array_equal(cut_by_colours(picture, labels), first)


def test_one_colour_alone_and_nothing_uncertain_are_no_faults() -> None:
    picture, labels = scene()
    flat = np.where(labels[..., None] == cv2.GC_FGD, 90, 200).repeat(3, axis=2).astype(np.uint8)
    assert np.array_equal(cut_by_colours(flat, labels) > 0, labels == cv2.GC_FGD)
    known = np.where(labels == cv2.GC_FGD, cv2.GC_FGD, cv2.GC_BGD).astype(np.uint8)
    assert np.array_equal(cut_by_colours(picture, known) > 0, known == cv2.GC_FGD)
