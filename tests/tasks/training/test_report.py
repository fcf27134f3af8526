from __future__ import annotations

import json

from tasks.training.report import encode_metrics


def test_equal_figures_are_equal_bytes_whatever_their_order() -> None:
    one = encode_metrics({"steps": 3, "scores": {"b": 1.5, "a": 2}, "notes": ("x",)})
    assert one == encode_metrics({"notes": ["x"], "scores": {"a": 2, "b": 1.5}, "steps": 3})
    assert json.loads(one) == {"steps": 3, "scores": {"a": 2, "b": 1.5}, "notes": ["x"]}
