from __future__ import annotations

from pathlib import Path

import pytest

from assets.bank.reader import Bank
from natocc.mask_quality.score import FIGURES
from tasks.face_metadata import known_mask_faults, recorded_score
from tests.scored_faces import scored_bank


def test_the_score_is_the_one_that_prepare_writes(tmp_path: Path) -> None:
    bank = Bank(scored_bank(str(tmp_path / "bank")))
    scores = {entry.id: recorded_score(bank.metadata(entry)) for entry in bank.entries("face")}
    wide, true = scores["wide_mask"], scores["true_face"]
    assert wide is not None and true is not None
    assert wide.score > true.score and wide.because == "the mask reaches too far"
    assert set(wide.figures) == set(FIGURES)


def test_known_faults_are_those_of_the_mask_that_is_used() -> None:
    known = [
        {"kind": "duplicate", "other": "00235"},
        {"kind": "empty", "parts": ["hair", "neck", "nose", "mouth"]},
        {"kind": "hands in skin"},
    ]
    faults = ["hair neck nose and 1 more empty", "hands in skin"]
    assert known_mask_faults({"known_defects": known, "mask": "policy"}) == faults
    assert known_mask_faults({"known_defects": known, "mask": "corrected"}) == []
    assert known_mask_faults({"mask": "policy"}) == known_mask_faults({"known_defects": 7}) == []


@pytest.mark.parametrize(
    "recorded",
    [None, 0.5, {}, {"score": None}, {"score": "high"}, {"score": float("nan")}],
    ids=["nothing", "a number", "no score", "null", "a word", "not finite"],
)
def test_what_is_no_score_counts_as_none(recorded: object) -> None:
    assert recorded_score({"suspicion": recorded}) is None and recorded_score({}) is None


def test_a_score_alone_is_enough() -> None:
    score = recorded_score({"suspicion": {"score": 1}})
    assert score is not None and (score.score, score.because, dict(score.figures)) == (1.0, "", {})
