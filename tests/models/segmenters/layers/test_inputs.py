from __future__ import annotations

import torch

from models.segmenters.layers.inputs import Normalise, enlarge
from models.vgg.network import DEVIATION, MEAN


def test_the_mean_becomes_zero_and_a_deviation_more_one() -> None:
    mean, normalise = torch.tensor(MEAN).view(1, 3, 1, 1), Normalise()
    assert not normalise(mean).any()
    torch.testing.assert_close(
        normalise(mean + torch.tensor(DEVIATION).view(1, 3, 1, 1)), torch.ones(1, 3, 1, 1)
    )


def test_its_constants_are_in_no_state_dict_and_have_values_in_a_network_without_memory() -> None:
    with torch.device("meta"):
        normalise = Normalise()
    assert normalise.state_dict() == {}
    images = torch.rand(1, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    assert torch.equal(normalise(images), Normalise()(images))
    assert normalise(images.bfloat16()).dtype == torch.bfloat16


def test_enlarging_puts_pixel_centres_on_each_other() -> None:
    row = torch.tensor([0.0, 4.0]).view(1, 1, 1, 2)
    assert enlarge(row, (1, 4)).flatten().tolist() == [0.0, 1.0, 3.0, 4.0]
