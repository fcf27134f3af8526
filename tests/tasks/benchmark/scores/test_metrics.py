"""Scores, against values computed by hand and by torchmetrics."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torchmetrics.classification import BinaryCalibrationError, BinaryJaccardIndex

from tasks.benchmark.counts.measure import Predictor, measure_picture
from tasks.benchmark.counts.table import CALIBRATION_BINS
from tasks.benchmark.scores.cell import cell_of
from tasks.benchmark.scores.metrics import METRICS, OF_THE_WHOLE, worst_mean
from tasks.benchmark.sets.picture import PictureFacts, TestPicture
from tests.tasks.benchmark.scores.cells import row, table


def whole(name: str, *confusions: tuple[int, ...], **changes: object) -> float:
    """The score over pictures of these counts as a whole."""
    rows = [row(str(number), counted, **changes) for number, counted in enumerate(confusions)]
    return float(OF_THE_WHOLE[name](cell_of(table(rows), "here").values.sum(1))[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Two pictures together: 8 background right, 2 taken for face, 4 of the face missed, 6 right.
        ("face_iou", 6 / 12),
        ("background_iou", 8 / 14),
        ("miou", (6 / 12 + 8 / 14) / 2),
        ("pixel_accuracy", 14 / 20),
        # 10 pixels of each class.
        ("fw_iou", (10 * 6 / 12 + 10 * 8 / 14) / 20),
        ("boundary_iou", 1 / 2),
    ],
)
def test_a_score_of_the_whole_divides_sums(name: str, expected: float) -> None:
    assert whole(name, (5, 0, 1, 4), (3, 2, 3, 2)) == pytest.approx(expected)


def test_the_paper_s_miou_is_the_mean_of_its_two_ious() -> None:
    # PSPNet of C-Original (section 4.2): background 95.04 and face 83.99 give 89.52. Counts with these IoUs:
    # errors e, face 83.99 e / 16.01, background 95.04 e / 4.96.
    errors = 1_000_000
    face, background = round(83.99 / 16.01 * errors), round(95.04 / 4.96 * errors)
    counted = (background, errors // 2, errors // 2, face)
    assert round(100 * whole("background_iou", counted), 2) == 95.04
    assert round(100 * whole("face_iou", counted), 2) == 83.99
    assert round(100 * whole("miou", counted), 2) in (89.51, 89.52)


def test_fw_iou_of_unequal_classes_by_hand() -> None:
    # Background 90, of which 9 wrong; face 10, of which 1 wrong: IoUs 81 / 91 and 9 / 19.
    assert whole("fw_iou", (81, 9, 1, 9)) == pytest.approx(0.9 * 81 / 91 + 0.1 * 9 / 19)


def test_scores_of_soft_edges_by_hand() -> None:
    edge = {"band_pixels": 4, "band_absolute": 1.0, "band_squared": 0.5}
    assert whole("alpha_mae", (1, 0, 0, 1), **edge) == 0.25
    assert whole("alpha_mse", (1, 0, 0, 1), **edge) == 0.125
    assert np.isnan(whole("alpha_mae", (1, 0, 0, 1)))


def test_calibration_by_hand_and_as_torchmetrics() -> None:
    rng = np.random.default_rng(3)
    face = rng.random((40, 50), np.float32)
    mask = (rng.random((40, 50)) < face**2).astype(np.uint8)
    taken = TestPicture(facts=PictureFacts(key="k"), image=np.zeros((40, 50, 3), np.uint8), mask=mask)
    labels = (face > 0.5).astype(np.uint8)
    rows = measure_picture(taken, labels, face, predictor=Predictor(network="n"), set_name="s", policy="voo")
    values = cell_of(table(rows), "here").values[:, 0]
    expected = BinaryCalibrationError(n_bins=CALIBRATION_BINS, norm="l1")(
        torch.from_numpy(face.ravel()), torch.from_numpy(mask.ravel()).long()
    )
    assert float(OF_THE_WHOLE["ece"](values)[0]) == pytest.approx(float(expected), abs=1e-4)
    iou = BinaryJaccardIndex()(torch.from_numpy(labels), torch.from_numpy(mask))
    assert float(OF_THE_WHOLE["face_iou"](values)[0]) == pytest.approx(float(iou))


def test_the_worst_are_5_percent_and_at_least_one() -> None:
    scores = np.linspace(0.1, 1, 40)
    rng = np.random.default_rng(0)
    rng.shuffle(scores)
    each = np.arange(40)
    # Two of 40; one of 3.
    assert worst_mean(scores, each, np.ones((1, 40)))[0] == pytest.approx(np.sort(scores)[:2].mean())
    assert worst_mean(np.array([0.9, 0.2, np.nan]), each[:3], np.ones((1, 3)))[0] == pytest.approx(0.2)
    # A draw that has the worst three times, of 40, has it twice among its worst two.
    weights = np.ones((1, 40))
    weights[0, scores.argmin()] = 3
    weights[0, np.argsort(scores)[-2:]] = 0
    assert worst_mean(scores, each, weights)[0] == pytest.approx(scores.min())


def test_a_draw_without_the_lowest_pictures_has_its_own_worst() -> None:
    # Ten persons of forty pictures each, the lowest ones of the first; a draw has the last person ten times.
    scores, numbers = np.linspace(0, 0.399, 400), np.repeat(np.arange(10), 40)
    weights = np.zeros((3, 10))
    weights[0, 9], weights[1] = 10, 1
    found = worst_mean(scores, numbers, weights)
    # Its lowest 20 of 400 are the two lowest of that person, ten times each: 360 and 361 thousandths.
    assert found[0] == pytest.approx(0.3605) and found[1] == pytest.approx(0.0095)
    # A draw of nobody.
    assert np.isnan(found[2])


def test_the_names_are_those_of_the_documentation() -> None:
    assert len(set(METRICS)) == len(METRICS) == 14
