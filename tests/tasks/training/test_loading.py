from __future__ import annotations

import pickle

import pytest
from torch.utils.data import Dataset

from assets.problems import BadInput
from tasks.training import loading
from tasks.training.loading import load_items


class Squares(Dataset[int]):
    """Of 0, 1 and 2."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> int:
        if index >= 3:
            raise IndexError(index)
        return index**2


class Spoiled(Squares):
    """Items made of unusable photographs."""

    def __getitem__(self, index: int) -> int:
        raise BadInput("a whole photograph", "a damaged one", f"faces/{index}.jpg")


def test_items_come_in_order_from_this_process_and_from_others() -> None:
    made = Squares()
    assert load_items(made, 0) is made
    assert list(load_items(made, 2)) == list(load_items(made, 0)) == [0, 1, 4]


def test_an_error_in_a_loader_process_stays_one_line() -> None:
    # What the loader process sends.
    sent = pickle.loads(pickle.dumps(loading._Guarded(Spoiled())[2]))
    with pytest.raises(BadInput) as error:
        loading._raised(sent)
    assert str(error.value) == "faces/2.jpg: expected a whole photograph, got a damaged one"
    assert "in __getitem__" in str(error.value.__cause__)


def test_a_loader_process_sends_the_items_themselves() -> None:
    guarded = loading._Guarded(Squares())
    assert [loading._raised(guarded[index]) for index in range(len(guarded))] == [0, 1, 4]
