"""The best weights of a training are kept, whatever comes later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from models.segmenters.checkpoint import read_segmenter
from tasks.training.checkpoint import CheckpointCallback
from tasks.training.segmenter.options import SegmenterOptions
from tasks.training.segmenter.select_best import best_row
from tasks.training.segmenter.train import train_segmenter
from tests.small_version import small_bank, small_version


def test_the_first_of_equal_scores_is_the_best() -> None:
    checkpoint = CheckpointCallback("s", every=1, settings={})
    assert best_row(checkpoint) is None
    scores = [(1, 0.5), (2, 0.7), (3, 0.7), (4, 0.1)]
    checkpoint.history = [{"step": step, "selection_iou": score} for step, score in scores]
    assert best_row(checkpoint) == {"step": 2, "selection_iou": 0.7}


@pytest.mark.parametrize("select_on", ["validation", "realocc"])
def test_the_selected_weights_are_those_of_their_step(tmp_path: Path, select_on: str) -> None:
    version, bank = small_version(str(tmp_path / "v")), small_bank(str(tmp_path / "bank"))
    options = SegmenterOptions(
        size=16, steps=6, batch=2, width=8, evaluate=1, device="cpu", select_on=select_on
    )
    report = train_segmenter(version, bank, str(tmp_path / "run"), options)
    best = read_segmenter(Path(tmp_path / "run" / "best.pt").read_bytes()).network.state_dict()
    stored = read_segmenter(Path(report.weights).read_bytes())
    assert all(torch.equal(value, best[name]) for name, value in stored.network.state_dict().items())
    word = "RealOcc" if select_on == "realocc" else "held-out validation"
    assert stored.metadata.selected_on == report.selected_on == word
    assert {row["selected_on"] for row in report.table()} == {word}
    assert any("selected on RealOcc" in note for note in report.notes) == (select_on == "realocc")
    rows = json.loads(Path(report.metrics).read_text())["selection"]
    assert len(rows) == 6
    if select_on == "realocc":
        score = max(row["selection_iou"] for row in rows)
        assert report.real["RealOcc"].face_iou == score
    Path(tmp_path / "run" / "best.pt").unlink()
    with pytest.raises(FileNotFoundError, match="expected the best weights of this training, found none"):
        train_segmenter(version, bank, str(tmp_path / "run"), options)
