from __future__ import annotations

import pickle
from typing import cast

import numpy as np
import pytest
import torch

from assets.problems import BadInput
from tasks.training.harmoniser import batches as batches_module
from tasks.training.harmoniser.batches import HarmoniserBatches, load_batches
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


def test_without_loaders_the_batches_themselves_are_returned() -> None:
    made = batches(first=0, steps=1)
    assert load_batches(made, 0) is made


class Spoiled:
    """Pairs of which one has an unusable photograph."""

    def batch(self, step: int) -> list[CompositePair]:
        raise BadInput("a whole photograph", "a damaged one", f"faces/{step}.jpg")


def test_an_unusable_photograph_in_a_loader_process_stays_one_line() -> None:
    made = HarmoniserBatches(cast(TrainingPairs, Spoiled()), first=7, steps=9)
    # What the loader process sends.
    sent = pickle.loads(pickle.dumps(batches_module._Guarded(made)[0]))
    with pytest.raises(BadInput) as error:
        batches_module._raised(sent)
    assert str(error.value) == "faces/7.jpg: expected a whole photograph, got a damaged one"
    assert "in batch" in str(error.value.__cause__)


def test_a_loader_process_sends_the_batches_themselves() -> None:
    made = batches(first=1, steps=4)
    guarded = batches_module._Guarded(made)
    assert len(guarded) == 3
    assert [int(batches_module._raised(guarded[i]).composite[0, 0, 0, 0]) for i in range(3)] == [1, 2, 3]
