from __future__ import annotations

import torch

from models.segmenters.layers.inputs import enlarge, normalise
from models.vgg.network import DEVIATION, MEAN


def test_the_mean_becomes_zero_and_a_deviation_more_one() -> None:
    mean = torch.tensor(MEAN).view(1, 3, 1, 1)
    assert not normalise(mean).any()
    torch.testing.assert_close(
        normalise(mean + torch.tensor(DEVIATION).view(1, 3, 1, 1)), torch.ones(1, 3, 1, 1)
    )


def test_enlarging_puts_pixel_centres_on_each_other() -> None:
    row = torch.tensor([0.0, 4.0]).view(1, 1, 1, 2)
    assert enlarge(row, (1, 4)).flatten().tolist() == [0.0, 1.0, 3.0, 4.0]
