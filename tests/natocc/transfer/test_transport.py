from __future__ import annotations

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.transfer.transport import move_plainly
from natocc.transfer.transport import (
    Transport,
    draw_bases,
    draw_directions,
    move_by_bases,
    move_by_batches,
)

AXES = np.eye(3, dtype=np.float32)[None]
Floats = np.ndarray


def moved(
    source: Floats, goal: Floats, directions: Floats, batch: int, counts: Floats | None = None
) -> Floats:
    return move_by_batches(
        Transport(
            source=source.astype(np.float32),
            goal=goal.astype(np.float32),
            counts=np.ones(len(goal), np.int64) if counts is None else counts,
            directions=directions.astype(np.float32),
            batch=batch,
        )
    )


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(2, 400))
def test_one_basis_of_directions_moves_the_mean_all_the_way(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    source, target = rng.uniform(0, 255, (2, count, 3)).astype(np.float32)
    result = move_by_bases(source, target, AXES)
    assert np.allclose(np.sort(result, axis=0), np.sort(target, axis=0), atol=0.01)
    assert np.array_equal(np.argsort(result, axis=0), np.argsort(source, axis=0)), "in order along each axis"


def test_one_dimensional_transport_costs_what_the_exact_solver_says() -> None:
    rng = np.random.default_rng(1)
    source, target = rng.uniform(0, 255, (2, 300, 3)).astype(np.float32)
    result = move_by_bases(source, target, AXES)
    for axis in range(3):
        ours = float(((result - source)[:, axis] ** 2).mean())
        exact = ot.emd2_1d(source[:, axis].astype(float), target[:, axis].astype(float))
        assert ours == pytest.approx(float(exact), rel=1e-3)


def test_a_single_direction_moves_the_marginal_along_it_exactly() -> None:
    rng = np.random.default_rng(2)
    source, target = rng.random((2, 500, 3))
    direction = draw_directions(rng, 1)
    result = moved(source, target, direction, 1)
    along, across = result @ direction[0], np.linalg.svd(direction)[2][1:]
    assert np.allclose(np.sort(along), np.sort(target @ direction[0]), atol=1e-6)
    assert np.allclose(result @ across.T, source @ across.T, atol=1e-6), "nothing moves across it"


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 7, 300, 20_000]), st.integers(1, 5))
def test_it_is_the_plain_form_to_the_last_bit(seed: int, count: int, batch: int) -> None:
    rng = np.random.default_rng(seed)
    # Few levels, black among them: many colours are equal.
    source = (rng.integers(0, 4, (count, 3)) / np.float32(3)).astype(np.float32)
    goal = rng.random((min(count, 50), 3), dtype=np.float32)
    counts = np.bincount(rng.integers(0, len(goal), count), minlength=len(goal))
    directions, before = draw_directions(rng, 12).astype(np.float32), source.copy()
    expected = move_plainly(source, np.repeat(goal, counts, axis=0), directions, batch)
    assert np.array_equal(moved(source, goal, directions, batch, counts), expected)
    assert np.array_equal(source, before)


def test_equal_colours_stay_where_they_are() -> None:
    rng = np.random.default_rng(3)
    colours = rng.random((400, 3))
    assert np.allclose(moved(colours, colours, draw_directions(rng, 75), 5), colours, atol=1e-6)
    single = colours.astype(np.float32)
    assert np.allclose(move_by_bases(single, single, draw_bases(rng, 8)), single, atol=1e-4)


def test_the_order_of_the_pixels_has_no_part_in_it() -> None:
    rng = np.random.default_rng(4)
    source, target = rng.random((2, 400, 3))
    directions, mixed, other = draw_directions(rng, 20), rng.permutation(400), rng.permutation(400)
    expected = moved(source, target, directions, 5)
    assert np.allclose(moved(source[mixed], target[other], directions, 5), expected[mixed], atol=1e-6)
    bases = draw_bases(rng, 4)
    expected = move_by_bases(source, target, bases)
    assert np.allclose(move_by_bases(source[mixed], target[other], bases), expected[mixed], atol=1e-5)


def test_many_directions_bring_all_colours_over() -> None:
    rng = np.random.default_rng(5)
    source, target = rng.random((1000, 3)) * 0.3, 0.6 + rng.random((1000, 3)) ** 2 * 0.4
    before, after = (
        ot.sliced_wasserstein_distance(one, target, n_projections=40, seed=1)
        for one in (source, moved(source, target, draw_directions(rng, 75), 5))
    )
    assert after < 0.05 * before


def test_bases_are_orthonormal_and_directions_of_length_one() -> None:
    rng = np.random.default_rng(7)
    for basis in draw_bases(rng, 5):
        assert np.allclose(basis @ basis.T, np.eye(3), atol=1e-5)
    assert np.allclose(np.linalg.norm(draw_directions(rng, 50), axis=1), 1)
