"""Counts of one picture, against pictures counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from natocc.geometry import Image
from tasks.benchmark.counts.measure import (
    AS_LABELLED,
    AS_TRAINED,
    Predictor,
    boundary_counts,
    measure_picture,
)
from tasks.benchmark.counts.table import CALIBRATION_BINS, COUNTS_SCHEMA
from tasks.benchmark.sets.picture import PictureFacts, TestPicture

WHO = Predictor(network="n", mixture="a", seed=3, checkpoint="c", policy="voo")
MASK = np.array([[1, 1, 0, 0], [1, 1, 0, 0]], np.uint8)
# One face pixel missed, one background pixel taken for face.
LABELS = np.array([[1, 0, 0, 1], [1, 1, 0, 0]], np.uint8)


def picture(**more: Image) -> TestPicture:
    facts = PictureFacts(key="k", occluder="hand", person="p")
    return TestPicture(facts=facts, image=np.zeros((2, 4, 3), np.uint8), mask=MASK, **more)


def rows(taken: TestPicture, labels: Image = LABELS, **more: object) -> list[dict[str, object]]:
    values: dict[str, object] = {"predictor": WHO, "set_name": "s", "policy": "voo", "face": None} | more
    return list(measure_picture(taken, labels, **values))  # type: ignore[arg-type]


def test_a_row_has_the_columns_of_the_table_and_the_picture_s_facts() -> None:
    (row,) = rows(picture())
    assert set(row) == set(COUNTS_SCHEMA.names)
    assert (row["network"], row["seed"], row["set"], row["key"], row["group"]) == ("n", 3, "s", "k", "p")
    assert (row["height"], row["width"], row["reading"]) == (2, 4, AS_LABELLED)


def test_the_confusion_is_that_of_the_pixels() -> None:
    # Background: 3 right, 1 taken for face. Face: 1 missed, 3 right.
    (row,) = rows(picture())
    assert (row["classes"], row["confusion"]) == (2, [3, 1, 1, 3])


def test_of_a_parsing_map_every_class_counts_and_255_does_not() -> None:
    parsing = np.array([[1, 2, 0, 255], [1, 1, 13, 13]], np.uint8)
    labels = np.array([[1, 1, 0, 0], [1, 1, 13, 0]], np.uint8)
    (row,) = rows(picture(parsing=parsing), labels, classes=20)
    counted = np.reshape(row["confusion"], (20, 20))
    assert counted.sum() == 7 and counted[1, 1] == 3 and counted[2, 1] == 1
    assert counted[13, 13] == 1 and counted[13, 0] == 1 and counted[0, 0] == 1


def test_a_network_of_many_classes_counts_as_face_where_the_picture_has_no_parsing() -> None:
    # Skin and nose are face, hair is not.
    labels = np.array([[1, 2, 13, 13], [1, 13, 0, 0]], np.uint8)
    (row,) = rows(picture(), labels, classes=20)
    assert (row["classes"], row["confusion"]) == (2, [4, 0, 1, 3])


def test_the_bands_of_a_square_are_its_outermost_pixels() -> None:
    # 16 x 16: 2 % of the diagonal are 0.45 pixels, so the band is one pixel wide.
    truth = np.zeros((16, 16), bool)
    truth[4:10, 4:10] = True
    moved = np.roll(truth, 1, axis=1)
    # The outline of a 6 x 6 square has 20 pixels. The moved one shares the upper and lower edges but one
    # pixel each, which are 5 + 5; its left edge lies on inner pixels of the other.
    assert boundary_counts(truth, truth) == (20, 20)
    assert boundary_counts(truth, moved) == (10, 30)


def test_a_mask_at_the_picture_s_border_has_its_outline_there() -> None:
    assert boundary_counts(np.ones((16, 16), bool), np.zeros((16, 16), bool)) == (0, 60)


def test_the_soft_edge_is_compared_with_what_shows_of_the_face() -> None:
    alpha = np.array([[0, 51, 255, 102], [0, 0, 0, 0]], np.uint8)
    clean = np.array([[1, 1, 1, 0], [1, 1, 1, 1]], np.uint8)
    face = np.full((2, 4), 0.5, np.float32)
    # One pixel counts: alpha 51 shows 0.8 of the face. The other soft one is no face.
    (row,) = rows(picture(alpha=alpha, clean_mask=clean), face=face)
    assert row["band_pixels"] == 1
    assert row["band_absolute"] == pytest.approx(0.3) and row["band_squared"] == pytest.approx(0.09)


def test_probabilities_are_counted_in_bins() -> None:
    face = np.array([[1, 0.99, 0, 0.5], [1, 1, 0.01, 0]], np.float32)
    (row,) = rows(picture(), face=face)
    pixels, sums, hits = (np.asarray(row[name]) for name in ("bin_pixels", "bin_probability", "bin_face"))
    assert len(pixels) == CALIBRATION_BINS
    assert (pixels[0], pixels[7], pixels[-1]) == (3, 1, 4) and pixels.sum() == 8
    assert sums[-1] == pytest.approx(3.99) and (hits[-1], hits[7], hits[0]) == (4, 0, 0)


def test_without_probabilities_nothing_is_said_of_them() -> None:
    (row,) = rows(picture())
    assert row["bin_pixels"] == [] and row["band_pixels"] == 0


@pytest.mark.parametrize(("policy", "trained", "face"), [("faceocc", "voo", 2), ("voo", "faceocc", 4)])
def test_glasses_are_read_as_the_network_learnt_them_too(policy: str, trained: str, face: int) -> None:
    glasses = np.array([[1, 0, 0, 0], [1, 0, 0, 0]], np.uint8)
    who = Predictor(network="n", policy=trained)
    first, second = rows(picture(disputed=glasses), predictor=who, policy=policy)
    assert (first["reading"], second["reading"]) == (AS_LABELLED, AS_TRAINED)
    assert sum(np.reshape(second["confusion"], (2, 2))[1]) == face


@pytest.mark.parametrize(("policy", "trained"), [("voo", "voo"), ("", "faceocc"), ("voo", "")])
def test_one_reading_where_policies_agree_or_are_not_known(policy: str, trained: str) -> None:
    who = Predictor(network="n", policy=trained)
    assert len(rows(picture(disputed=MASK), predictor=who, policy=policy)) == 1


def test_a_prediction_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^s: k: expected a prediction of 4x2, got 4x4$"):
        rows(picture(), np.zeros((4, 4), np.uint8))
