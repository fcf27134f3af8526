from __future__ import annotations

import json
from dataclasses import replace

import pytest

from natocc.transforms.report import params_from_report, report_applied, report_untouched
from tests.natocc.inputs import draw, face, make


def test_every_report_has_the_same_keys_and_types() -> None:
    params = draw(face(), "object")
    applied, untouched = (
        report_applied("cup", 7, params, [make(face(), params)]),
        report_untouched("no_face", 7),
    )
    assert list(applied) == list(untouched)
    assert [type(value) for value in applied.values()] == [type(value) for value in untouched.values()]
    assert (applied["applied"], applied["reason"], untouched["reason"]) == (True, "", "no_face")
    assert json.loads(json.dumps(applied)) == applied


def test_params_are_read_back_as_they_were() -> None:
    params = draw(face(), "randocc")
    report = report_applied("t", 7, params, [make(face(), params)])
    assert params_from_report(str(report["params"])) == params
    with pytest.raises(ValueError, match="kind"):
        params_from_report('{"kind": "hat"}')


def test_several_composites_share_one_report() -> None:
    params = draw(face(), "object")
    composite = make(face(), params)
    pair = [
        replace(composite, hidden_ratio=0.2, reach_px=3),
        replace(composite, hidden_ratio=0.4, reach_px=5),
    ]
    report = report_applied("cup", 7, params, pair)
    assert report["hidden_ratio"] == pytest.approx(0.3) and report["reach_px"] == 5
