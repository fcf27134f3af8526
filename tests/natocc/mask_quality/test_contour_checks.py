"""A grey square on black, and masks that follow its edge or not."""

from __future__ import annotations

import numpy as np
import pytest

from natocc.geometry import BoolArray, Box
from natocc.mask_quality.contour_checks import EdgelessContour, edgeless_contour, inner_edges
from natocc.mask_quality.view import View

SIZE = (60, 80)
NONE, ALL = np.zeros(SIZE, bool), np.ones(SIZE, bool)


def square(top: int = 10, bottom: int = 50, left: int = 20, right: int = 60) -> BoolArray:
    plane = NONE.copy()
    plane[top:bottom, left:right] = True
    return plane


def view(mask: BoolArray, *, bright: BoolArray, other: BoolArray = NONE, features: BoolArray = NONE) -> View:
    """Lightness 60 where ``bright``, else 0, without colour."""
    lab = np.zeros((*SIZE, 3), np.float32)
    lab[..., 0] = np.where(bright, 60, 0)
    box = Box(0, 0, SIZE[1], SIZE[0])
    return View(lab=lab, mask=mask, features=features, nose=NONE, other=other, box=box, scale=1.0)


def test_a_contour_along_an_edge_is_supported() -> None:
    found = edgeless_contour(view(square(), bright=square()), square(), ALL)
    assert found == EdgelessContour(through_skin=0.0, through_other=0.0)


def test_a_side_that_runs_through_the_surface_counts_by_its_length() -> None:
    # Right of the mask the bright square goes on: a quarter of the contour, less at the corners.
    surface = square(right=78)
    on_skin = edgeless_contour(view(square(), bright=surface), surface, ALL)
    assert on_skin.through_skin == pytest.approx(0.25, abs=0.06) and on_skin.through_other == 0
    elsewhere = edgeless_contour(view(square(), bright=surface), NONE, ALL)
    assert elsewhere.through_other == on_skin.through_skin and elsewhere.through_skin == 0


def test_skin_outside_counts_only_where_it_is_a_fault() -> None:
    surface = square(right=78)
    found = edgeless_contour(view(square(), bright=surface), surface, square())
    assert found == EdgelessContour(through_skin=0.0, through_other=0.0)


def test_the_contour_towards_an_annotated_part_does_not_count() -> None:
    surface = square(right=78)
    beside = surface & ~square()
    found = edgeless_contour(view(square(), bright=surface, other=beside), surface, ALL)
    assert found == EdgelessContour(through_skin=0.0, through_other=0.0)


def test_a_mask_that_the_border_cuts_off_has_no_edge_there() -> None:
    assert edgeless_contour(view(ALL, bright=ALL), ALL, ALL).through_skin == 1.0


def test_edges_within_plain_skin_are_measured_and_those_of_features_are_not() -> None:
    split = square() & ~square(left=40)
    assert inner_edges(view(square(), bright=square())) == 0.0
    # Two of the 34 columns inside the rim lie beside the edge.
    found = inner_edges(view(square(), bright=split))
    assert found == pytest.approx(2 / 34, abs=0.01)
    assert inner_edges(view(square(), bright=split, features=square(left=37, right=43))) == 0.0


def test_a_mask_without_plain_skin_has_no_edges() -> None:
    assert inner_edges(view(square(20, 25), bright=square())) == 0.0
