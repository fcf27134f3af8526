from __future__ import annotations

import torch
from torch.nn import functional

from models.segmenters.pspnet.network import PSPNet, PyramidPoolingHead


def test_heads_of_depth_18_have_a_quarter_of_the_channels() -> None:
    with torch.device("meta"):
        small, large = PSPNet(depth=18), PSPNet(depth=50)
    found = [
        [one.decode_head.conv_seg.in_channels, one.auxiliary_head.conv_seg.in_channels]
        for one in (small, large)
    ]
    assert found == [[128, 64], [512, 256]]


def test_a_grid_of_one_is_the_mean_everywhere() -> None:
    head = PyramidPoolingHead(4, 2, 1).eval()
    features = torch.rand(1, 4, 6, 5)
    pool, conv = head.psp_modules[0]
    mean = conv(features.mean((2, 3), keepdim=True))
    torch.testing.assert_close(conv(pool(features)), mean)
    joined = [functional.interpolate(m(features), (6, 5), mode="bilinear") for m in head.psp_modules]
    expected = head.conv_seg(head.bottleneck(torch.cat([features, *joined], 1)))
    torch.testing.assert_close(head([features]), expected)
