from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tasks.infer.network import open_segmenter
from tests.tasks.infer.checkpoints import checkpoint


def test_a_checkpoint_scores_with_its_size_and_classes(tmp_path: Path) -> None:
    network = open_segmenter(checkpoint(tmp_path, classes=2), "cpu")
    assert (network.classes, network.size, network.multiple, network.any_size) == (2, 64, 16, True)
    scores = network.scores(np.zeros((2, 3, 64, 64), np.float32))
    assert scores.shape == (2, 2, 64, 64) and scores.dtype == np.float32


def test_other_onnx_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"x\.onnx: expected an ONNX network, got other content"):
        open_segmenter(str(path))
