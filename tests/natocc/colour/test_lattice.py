from __future__ import annotations

import numpy as np
import pytest

from natocc.colour.lattice import LEVELS, Motions, find_cells, fit_motions
from natocc.colour.lut import apply_table, grid_colours
from natocc.geometry import Float64Array

ALL = slice(None)


def colours(count: int, seed: int = 0) -> Float64Array:
    """Whole levels, the ends of the cube among them."""
    drawn = np.random.default_rng(seed).integers(0, 256, (count, 3)).astype(np.float64)
    drawn[0], drawn[1] = 0, 255
    return drawn


def fitted(old: Float64Array, motion: Float64Array, known: slice) -> tuple[Motions, Float64Array]:
    lattices = [find_cells(old, size) for size in LEVELS]
    return fit_motions(old, motion, lattices, [cells.weights_at(known) for cells in lattices])


@pytest.mark.parametrize("size", LEVELS)
def test_a_colour_is_interpolated_between_eight_nodes(size: int) -> None:
    found = find_cells(colours(200), size)
    nodes = grid_colours(size).reshape(-1, 3)
    np.testing.assert_allclose(found.weights.sum(axis=0), 1)
    assert found.weights.min() >= 0
    np.testing.assert_allclose(found.interpolate(nodes.astype(np.float64)), colours(200), atol=1e-3)


def test_a_colour_on_a_node_is_that_node() -> None:
    found = find_cells(np.array([[255.0, 127.5, 0.0]]), 3)
    (node,) = found.nodes[found.weights > 0.5]
    # Indexed [blue, green, red].
    assert np.unravel_index(node, (3, 3, 3)) == (0, 1, 2)


def test_a_node_takes_nearly_all_of_the_residual_of_many_pixels_and_less_of_few() -> None:
    black, motion = np.array([[0.0, 0.0, 0.0]]), np.array([[10.0, -20.0, 30.0]])
    for count, share in ((1, 1 / 5), (4, 1 / 2), (400, 400 / 404)):
        nodes = find_cells(black.repeat(count, 0), 2).weights_at(ALL).fit_nodes(motion.repeat(count, 0))
        np.testing.assert_allclose(nodes[0], motion[0] * share)
        assert not nodes[1:].any()


def test_nodes_about_a_pixel_never_overshoot_its_residual() -> None:
    middle, motion = np.full((1, 3), 127.5), np.array([[10.0, -20.0, 30.0]])
    for count in (1, 64, 6400):
        found = find_cells(middle.repeat(count, 0), 2)
        # Each of the eight nodes has the weight 1/8.
        share = count / 64 / (count / 64 + 4)
        got = found.interpolate(found.weights_at(ALL).fit_nodes(motion.repeat(count, 0)))
        np.testing.assert_allclose(got, (motion * share).repeat(count, 0))


def test_the_table_agrees_with_the_fit_at_the_colours() -> None:
    old = np.random.default_rng(0).integers(60, 200, (3000, 3)).astype(np.float64)
    motion = 40 * np.sin(old[:, ::-1] / 60)
    fit, found = fitted(old, motion, ALL)
    table = (grid_colours(LEVELS[-1]) + fit.table()).astype(np.float32)
    moved = apply_table(old.astype(np.uint8)[None], table)[0]
    assert np.abs(moved - old - found).max() <= 0.6
    assert np.abs(found - motion).mean() < 4


def test_colours_that_are_held_out_are_predicted() -> None:
    old, known = colours(4000), slice(0, None, 2)
    motion = 40 * np.sin(old / 60)
    _, found = fitted(old, motion, known)
    changed = motion.copy()
    changed[1::2] = 99
    assert np.array_equal(fitted(old, changed, known)[1], found)
    assert np.abs(found - motion)[1::2].mean() < 0.2 * np.abs(motion).mean()


def test_an_affine_motion_holds_for_colours_never_seen() -> None:
    old = 100 + colours(2000) * 0.2
    fit, _ = fitted(old, old[:, ::-1] * 0.1 - 5, ALL)
    expected = grid_colours(33)[..., ::-1] * 0.1 - 5
    assert np.abs(fit.table() - expected).max() < 1.5
