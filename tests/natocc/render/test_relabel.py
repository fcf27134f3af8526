from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from natocc.labels import hidden_ratio, visible_mask
from natocc.render.compose import finished
from natocc.render.final_augmentation import SampleViews
from natocc.render.params import Affine, Params
from natocc.render.relabel import LabelPlanes, relabel
from tests.natocc.inputs import face

TURN = Affine(scale=(0.9, 1.1), angle=12.0, shear=(0.0, 4.0))


def views() -> SampleViews:
    one = SampleViews.untouched(face())
    one.alpha[60:190, 70:150] = 120
    return one


@pytest.mark.parametrize("affine", [None, TURN])
@pytest.mark.parametrize("flip", [False, True])
def test_labels_of_another_mask_are_those_of_a_face_with_that_mask(affine: Affine | None, flip: bool) -> None:
    params = replace(Params(kind="object"), opacity=0.6, final_affine=affine, final_flip=flip)
    on = face()
    assert on.parsing is not None
    other = on.mask.copy()
    other[:, : other.shape[1] // 2] = 0
    planes = LabelPlanes(mask=other, parsing=np.ascontiguousarray(on.parsing[::-1]))
    first = finished(views(), params, params.opacity)
    expected = finished(
        replace(views(), clean_mask=planes.mask, parsing=planes.parsing), params, params.opacity
    )
    done = relabel(first, planes, params)
    assert (done.mask != first.mask).any()
    for name in ("image", "clean", "alpha"):
        assert getattr(done, name) is getattr(first, name), "pixels stay"
    for name in ("mask", "clean_mask", "parsing"):
        assert np.array_equal(getattr(done, name), getattr(expected, name)), name
    assert np.array_equal(done.mask, visible_mask(done.clean_mask, done.alpha, params.opacity))
    assert done.hidden_ratio == hidden_ratio(done.clean_mask, done.mask) != first.hidden_ratio


def test_without_a_map_there_is_none() -> None:
    params = Params(kind="object")
    first = finished(views(), params, 1.0)
    assert relabel(first, LabelPlanes(mask=face().mask), params).parsing is None
