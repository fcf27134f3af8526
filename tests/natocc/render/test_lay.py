from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from natocc.render.compose import colour_and_blend, compose
from natocc.render.lay import lay
from natocc.render.params import Params
from natocc.transfer.transport import move_by_batches
from tests.natocc.inputs import draw, face, occluder

SOT = draw(face(), "hand", transfer_strength=1.0, transfer_method="sot", contrast_guard=False)


def test_colours_that_were_moved_elsewhere_give_the_same_draft() -> None:
    laid = lay(face(), occluder("hand"), SOT)
    assert laid.transport is not None
    apart = colour_and_blend(face(), laid, SOT, move_by_batches(laid.transport))
    at_once = compose(face(), occluder("hand"), SOT)
    assert np.array_equal(apart.views.image, at_once.views.image) and apart.measured == at_once.measured
    assert apart.measured["black_values"] == laid.transport.measured["black_values"]


def test_the_callable_moves_the_colours() -> None:
    at_once = compose(face(), occluder("hand"), SOT)
    other = compose(face(), occluder("hand"), SOT, lambda transport: np.zeros_like(transport.source))
    assert not np.array_equal(at_once.views.image, other.views.image)


@pytest.mark.parametrize("kind", ["hand", "object", "none"])
def test_nothing_is_to_be_moved_without_sot(kind: str) -> None:
    params = draw(face(), kind, transfer_strength=1.0)
    assert lay(face(), occluder(kind), params).transport is None


@pytest.mark.parametrize("count", [None, 3])
def test_missing_or_other_colours_are_said(count: int | None) -> None:
    laid = lay(face(), occluder("hand"), SOT)
    colours = None if count is None else np.zeros((count, 3), np.float32)
    with pytest.raises(ValueError, match="compose: expected moved colours of the transport's sources, got"):
        colour_and_blend(face(), laid, SOT, colours)


def test_an_occluder_beyond_the_picture_has_no_transport() -> None:
    assert SOT.placement is not None
    away: Params = replace(SOT, placement=replace(SOT.placement, centre=(-9e3, -9e3)))
    laid = lay(face(), occluder("hand"), away)
    assert laid.layer is None and colour_and_blend(face(), laid, away).box.empty
