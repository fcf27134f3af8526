from __future__ import annotations

import torch

from models.segmenters.pspnet.network import PSPNet


def test_the_auxiliary_head_scores_in_training_alone() -> None:
    network = PSPNet(classes=3, depth=18).eval()
    images = torch.rand(1, 3, 40, 33)
    with torch.inference_mode():
        main, auxiliary = network.training_scores(images)
        assert torch.equal(network(images), main) and not torch.equal(main, auxiliary)
    assert main.shape == auxiliary.shape == (1, 3, 40, 33)
