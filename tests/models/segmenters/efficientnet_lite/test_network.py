from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from models.segmenters.efficientnet_lite.network import EfficientNetLite, SameConv


def test_features_halve_five_times_and_rounding_goes_up() -> None:
    features = EfficientNetLite(0)(torch.rand(2, 3, 65, 96))
    assert [tuple(one.shape[2:]) for one in features] == [(33, 48), (17, 24), (9, 12), (5, 6), (3, 3)]
    assert [one.shape[1] for one in features] == [16, 24, 40, 112, 320]


def test_padding_is_that_of_tensorflow() -> None:
    conv = SameConv(1, 1, 3, stride=2, bias=False)
    image = torch.rand(1, 1, 6, 5)
    # Even sides are padded at the end alone, odd ones on both.
    padded = functional.pad(image, (1, 1, 0, 1))
    torch.testing.assert_close(conv(image), functional.conv2d(padded, conv.weight, stride=2))


@pytest.mark.parametrize(("scale", "parameters"), [(0, 4_652_008), (1, 5_416_680), (2, 6_092_072)])
def test_classifiers_have_the_published_numbers_of_parameters(scale: int, parameters: int) -> None:
    with torch.device("meta"):
        network = EfficientNetLite(scale, classes=1000)
    assert sum(value.numel() for value in network.parameters()) == parameters


def test_features_alone_do_not_classify() -> None:
    with pytest.raises(ValueError, match="expected a network with a classifier, got one without"):
        EfficientNetLite().classify(torch.rand(1, 3, 32, 32))
    with pytest.raises(ValueError, match="scale: expected one of 0, 1, 2, got 3"):
        EfficientNetLite(3)
