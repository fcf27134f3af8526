"""The former name of train-harmoniser: deployments that a server has go on working."""

from __future__ import annotations

from flows.train_harmoniser import train_harmoniser
from flows.train_harmonizer import train_harmonizer


def test_it_is_the_same_flow_under_its_former_name() -> None:
    assert train_harmonizer.name == "train-harmonizer"
    assert train_harmonizer.fn is train_harmoniser.fn
    assert train_harmonizer.parameters == train_harmoniser.parameters
