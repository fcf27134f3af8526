from __future__ import annotations

import numpy as np
import pytest

from models.rainnet.network import RainNet, RainNetConfig
from models.rainnet.runner import RainNetRunner
from tasks.training.harmoniser.data.pairs import CompositePair
from tasks.training.harmoniser.evaluate import FULL, WORKING, _evenly_spaced, evaluate_harmoniser
from tests.harmonizer_photos import photographs
from tests.raw_trees import disc


def _pair(name: str, *, empty: bool = False) -> CompositePair:
    real = photographs(1, 300, 320)[0]
    matte = np.zeros((300, 320), np.uint8) if empty else disc(300, 320)
    composite = np.where(matte[..., None] > 127, real // 2, real)
    return CompositePair(name=name, composite=composite, real=real, matte=matte)


@pytest.fixture(scope="module")
def runner() -> RainNetRunner:
    return RainNetRunner(RainNet(RainNetConfig(width=2)))


def test_methods_are_scored_at_both_sizes_and_empty_pairs_are_named(runner: RainNetRunner) -> None:
    pairs = [_pair("a"), _pair("b", empty=True), _pair("c")]
    evaluation = evaluate_harmoniser(runner, pairs, count=3, size=256)
    assert evaluation.empty == ("b",)
    assert list(evaluation.scores[WORKING]) == ["composite", "statistics", "network"]
    assert list(evaluation.scores[FULL]) == [
        "composite",
        "statistics",
        "network, mapping",
        "network, residual",
    ]
    assert {score.pictures for scores in evaluation.scores.values() for score in scores.values()} == {2}
    composite = evaluation.scores[FULL]["composite"]
    assert composite.fmse > composite.mse > 0


def test_without_any_foreground_there_is_nothing_to_score(runner: RainNetRunner) -> None:
    with pytest.raises(
        ValueError, match=r"^held-out pictures: expected some with a foreground, got 2 without; check"
    ):
        evaluate_harmoniser(runner, [_pair("a", empty=True), _pair("b", empty=True)], count=2, size=256)


def test_previews_are_spread_over_all_pairs() -> None:
    assert _evenly_spaced(5, 24) == {0, 1, 2, 3, 4}
    assert _evenly_spaced(10, 4) == {0, 3, 5, 8}
