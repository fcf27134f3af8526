"""Pictures with what every arm predicted."""

from __future__ import annotations

import pytest

from tasks.benchmark.run import prepare_benchmark, train_all
from tasks.benchmark.scores.compute import cells_of
from tasks.benchmark.show import galleries_of
from tests.tasks.benchmark.conftest import FinishedBenchmark

pytestmark = pytest.mark.xdist_group("benchmark")


def test_every_chosen_picture_comes_with_the_prediction_of_every_arm(finished: FinishedBenchmark) -> None:
    scored = train_all(prepare_benchmark(finished.options), finished.options)
    (gallery,) = galleries_of(scored, finished.options, cells_of(scored.counts))
    # The arm that the comparison expects to be better chooses.
    assert (gallery.network, gallery.seed, gallery.arm) == ("unet", 0, "both")
    shown = {(one.set, one.picture.facts.key) for one in gallery.pictures}
    assert shown == {(one.score.set, one.score.key) for one in gallery.chosen} and len(shown) == 7
    for one in gallery.pictures:
        assert list(one.predicted) == ["alone", "both"]
        for mask in one.predicted.values():
            assert mask.shape == one.picture.mask.shape and mask.max(initial=0) <= 1
