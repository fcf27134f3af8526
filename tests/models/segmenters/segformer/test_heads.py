from __future__ import annotations

import pytest
import torch

from models.segmenters.segformer.heads import PROGRAMS, LinearHead, Program, head_for, usual_width

CHANNELS = (3, 4, 5, 6)


@pytest.mark.parametrize("program", PROGRAMS)
def test_scores_have_the_size_of_the_largest_features(program: Program) -> None:
    head = head_for(program, CHANNELS, 7, 2).eval()
    features = [torch.rand(2, channels, 8 // 2**place, 8) for place, channels in enumerate(CHANNELS)]
    scores = head(features)
    assert scores.shape == (2, 2, 8, 8)
    for place in range(4):
        others = [one + (number == place) for number, one in enumerate(features)]
        assert not torch.equal(head(others), scores), place


def test_nothing_follows_nvidia_s_projections() -> None:
    """Negative values reach the fusion, where the last features come first."""
    head = LinearHead((1, 1, 1, 1), 1, 1).eval()
    seen: list[torch.Tensor] = []
    head.linear_fuse.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    for number in range(1, 5):
        torch.nn.init.constant_(head.get_parameter(f"linear_c{number}.proj.weight"), -number)
        torch.nn.init.zeros_(head.get_parameter(f"linear_c{number}.proj.bias"))
    head([torch.ones(1, 1, 2, 2)] * 4)
    assert seen[0][0, :, 0, 0].tolist() == [-4, -3, -2, -1]


def test_widths_are_those_of_the_published_configurations() -> None:
    assert [usual_width("nvidia", size) for size in range(6)] == [256, 256, 768, 768, 768, 768]
    assert {usual_width("mmsegmentation", size) for size in range(6)} == {256}
