from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from natocc.photometric.tone import compress
from natocc.render.compose import colour_and_blend, compose
from natocc.render.lay import compress_face, lay
from natocc.render.params import Params, params_adapter
from natocc.transfer.transport import move_by_batches
from tests.natocc.inputs import draw, face, occluder

SOT = draw(face(), "hand", transfer_strength=1.0, transfer_method="sot", contrast_guard=False)


def test_colours_that_were_moved_elsewhere_give_the_same_draft() -> None:
    laid = lay(face(), occluder("hand"), SOT)
    assert laid.transport is not None
    apart = colour_and_blend(laid, SOT, move_by_batches(laid.transport))
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
        colour_and_blend(laid, SOT, colours)


def test_an_occluder_beyond_the_picture_has_no_transport() -> None:
    assert SOT.placement is not None
    away: Params = replace(SOT, placement=replace(SOT.placement, centre=(-9e3, -9e3)))
    laid = lay(face(), occluder("hand"), away)
    assert laid.layer is None and colour_and_blend(laid, away).box.empty


@pytest.mark.parametrize("kind", ["hand", "object", "randocc"])
def test_the_face_is_compressed_before_anything_lies_on_it(kind: str) -> None:
    params = replace(draw(face(), kind, "paper"), face_jpeg=70)
    draft = compose(face(), occluder(kind), params)
    pressed = compress(face().image, 70)
    assert np.array_equal(draft.views.clean, pressed) and not np.array_equal(pressed, face().image)
    outside = np.ones(face().size, bool)
    outside[draft.views.changed.slices] = False
    assert np.array_equal(draft.views.image[outside], pressed[outside])
    alone = compose(compress_face(face(), params), occluder(kind), replace(params, face_jpeg=None))
    assert np.array_equal(alone.views.image, draft.views.image), "colours are taken from the compressed face"


def test_parameters_without_the_field_leave_the_face_as_it_is() -> None:
    record = asdict(draw(face(), "hand", "code"))
    assert record.pop("face_jpeg") is None
    earlier = params_adapter().validate_python(record)
    assert earlier.face_jpeg is None and compress_face(face(), earlier) is face()
