from __future__ import annotations

from typing import cast

import numpy as np
import torch

from tasks.training.harmoniser.batches import HarmoniserBatches
from tasks.training.harmoniser.data.pairs import CompositePair, TrainingPairs


class Numbered:
    """Two pairs a step, whose pixels are the step's number."""

    def batch(self, step: int) -> list[CompositePair]:
        matte = np.array([[0, 127, 128, 255]], np.uint8)
        composite, real = np.full((1, 4, 3), step, np.uint8), np.full((1, 4, 3), step + 100, np.uint8)
        return [CompositePair(name="a", composite=composite, real=real, matte=matte)] * 2


def batches(first: int, steps: int) -> HarmoniserBatches:
    return HarmoniserBatches(cast(TrainingPairs, Numbered()), first=first, steps=steps)


def test_a_resumed_training_goes_on_with_the_batch_of_its_step() -> None:
    resumed = batches(first=3, steps=5)
    assert len(resumed) == 2
    assert [int(batch.composite[0, 0, 0, 0]) for batch in resumed] == [3, 4]
    assert torch.equal(resumed[1].real, batches(first=0, steps=5)[4].real)


def test_pictures_become_channels_first_and_mattes_become_masks() -> None:
    batch = batches(first=0, steps=1)[0]
    assert batch.composite.shape == batch.real.shape == (2, 3, 1, 4)
    assert batch.mask.shape == (2, 1, 1, 4)
    assert batch.mask[0, 0, 0].tolist() == [0, 0, 1, 1]
