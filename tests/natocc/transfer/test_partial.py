from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natocc.geometry import Float64Array
from natocc.transfer.partial import Places, assign, move_partially
from natocc.transfer.transport import draw_directions


def cost(source: Float64Array, target: Float64Array, places: Places) -> float:
    return float(((source - target[places]) ** 2).sum())


def least_cost(source: Float64Array, target: Float64Array) -> float:
    """Dynamic programming over all injective monotone maps: f(i, j) = min(f(i, j-1), f(i-1, j-1) + c(i, j))."""
    costs = np.zeros(len(target) + 1)
    for value in source:
        costs = np.minimum.accumulate(np.concatenate([[np.inf], costs[:-1] + (value - target) ** 2]))
    return float(costs[-1])


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.integers(0, 40),
    st.sampled_from(["even", "clustered", "levels", "apart"]),
)
def test_its_cost_is_the_least_there_is(seed: int, count: int, spare: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    source, target = rng.uniform(0, 100, count), rng.uniform(0, 100, count + spare)
    if kind == "clustered":
        source, target = (
            50 + rng.normal(0, 1, count),
            np.concatenate([target[:spare], 50 + rng.random(count)]),
        )
    elif kind == "levels":
        source, target = np.floor(source / 10), np.floor(target / 10)
    elif kind == "apart":
        source = source + rng.choice([-90.0, 90.0])
    source, target = np.sort(source), np.sort(target)
    places = assign(source, target)
    assert (np.diff(places) > 0).all() and places.min() >= 0 and places.max() < len(target)
    assert cost(source, target, places) == pytest.approx(least_cost(source, target), rel=1e-9, abs=1e-9)


def test_as_many_targets_as_sources_are_all_taken_in_order() -> None:
    rng = np.random.default_rng(1)
    source, target = np.sort(rng.random((2, 50)))
    assert np.array_equal(assign(source, target), np.arange(50))


def test_too_few_targets_are_an_error() -> None:
    with pytest.raises(ValueError, match="expected at least as many targets as sources, got 2 for 3"):
        assign(np.zeros(3), np.zeros(2))


def test_colours_that_have_their_like_stay_and_outliers_draw_nobody() -> None:
    rng = np.random.default_rng(2)
    skin = rng.uniform(120, 200, (400, 3)).astype(np.float32)
    teeth = np.full((100, 3), 250, np.float32)
    result = move_partially(skin, np.concatenate([skin, teeth]), draw_directions(rng, 30))
    assert np.abs(result - skin).max() < 1e-3


def test_the_order_of_the_pixels_has_no_part_in_it() -> None:
    rng = np.random.default_rng(3)
    source, target = rng.uniform(0, 255, (80, 3)), rng.uniform(0, 255, (100, 3))
    directions, mixed = draw_directions(rng, 10), rng.permutation(80)
    first = move_partially(source.astype(np.float32), target.astype(np.float32), directions)
    second = move_partially(source[mixed].astype(np.float32), target[::-1].astype(np.float32), directions)
    assert np.allclose(first[mixed], second, atol=1e-3)
