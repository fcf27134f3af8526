from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch

from models.segmenters.batches import Pictures
from tasks.training.segmenter.curves import encode_curves, write_progress
from tests.tasks.training.segmenter.test_evaluate import bright_training


def test_a_row_of_the_csv_holds_all_figures_of_a_step() -> None:
    history = [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.4}, {"step": 2, "selection_iou": 0.9}]
    assert encode_curves(history) == b"step,loss,selection_iou\n1,0.5,\n2,0.4,0.9\n"


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    images = torch.zeros(6, 3, 4, 4, dtype=torch.uint8)
    images[:, :, :, :2] = 255
    masks = torch.zeros(6, 1, 4, 4, dtype=torch.uint8)
    pictures = Pictures(images=images, masks=masks)
    for _ in range(2):
        write_progress(str(tmp_path), [{"step": 1, "loss": 0.5}], bright_training(), pictures)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["curves.csv", "samples.png", "tensorboard"]
    assert len(list((tmp_path / "tensorboard").iterdir())) == 1
    sheet = cv2.imread(str(tmp_path / "samples.png"))
    assert sheet is not None and sheet.shape == (16, 12, 3)
    # Picture and label are alike, since nothing is face; the prediction takes the bright half for face.
    assert (sheet[:, :4] == sheet[:, 4:8]).all()
    green = np.array([128, 228, 128])
    assert (np.abs(sheet[:, 8:10].astype(int) - green) <= 1).all() and not sheet[:, 10:].any()
