from __future__ import annotations

import pytest

from natocc.verdicts import KEPT, failed, gate_hidden_ratio, gate_wrist


@pytest.mark.parametrize(
    ("hidden", "verdict", "reason"),
    [
        (0.0, "rejected", "hidden_too_little"),
        (0.0299, "rejected", "hidden_too_little"),
        (0.03, "kept", ""),
        (0.6, "kept", ""),
        (0.601, "rejected", "hidden_too_much"),
        (1.0, "rejected", "hidden_too_much"),
    ],
)
def test_a_face_is_hidden_neither_too_little_nor_too_much(hidden: float, verdict: str, reason: str) -> None:
    got = gate_hidden_ratio(hidden, (0.03, 0.6))
    assert (got.verdict, got.reason) == (verdict, reason)


def test_a_failure_carries_its_error() -> None:
    assert failed(ValueError("face mask: empty")).reason == "ValueError: face mask: empty"
    assert failed(ValueError("")).verdict == "failed" and KEPT.reason == ""


def test_a_wrist_in_the_picture_has_a_reason_of_its_own() -> None:
    assert gate_wrist(hidden=True) == KEPT
    assert (gate_wrist(hidden=False).verdict, gate_wrist(hidden=False).reason) == ("rejected", "wrist_inside")
