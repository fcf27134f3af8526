from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from natocc.render.params import Params, params_adapter
from tests.natocc.inputs import draw, face


@pytest.mark.parametrize("kind", ["hand", "object", "randocc"])
@pytest.mark.parametrize("profile", ["best", "paper", "code"])
def test_json_gives_the_record_back(kind: str, profile: str) -> None:
    params = draw(face(), kind, profile)
    assert params_adapter().validate_json(json.dumps(asdict(params))) == params


def test_absent_stages_do_not_run() -> None:
    assert params_adapter().validate_json('{"kind": "none"}') == Params(kind="none")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "hat"}, "kind"),
        ({"opacity": "much"}, "opacity"),
        ({"placement": {"centre": [1]}}, "placement"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        params_adapter().validate_json(json.dumps({"kind": "object"} | change))
