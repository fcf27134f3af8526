from __future__ import annotations

from tasks.build.left_out import describe_left_out


def test_each_set_and_reason_has_a_line() -> None:
    left_out = {
        "held": "expected faces in its split, got none",
        "pairs_of_one_photograph": {"hand": 5, "object": 1},
        "listed_but_test_or_excluded": {"shapes": 1},
        "faces_of_unknown_subset": {"shapes": 2},
        "rejected": {"hidden_too_much": 1},
    }
    assert describe_left_out(left_out) == [
        "set held, which is optional: expected faces in its split, got none",
        "5 pairs of set hand, whose face and occluder come from the same photograph",
        "1 pair of set object, whose face and occluder come from the same photograph",
        "1 listed face of set shapes, in the test split or excluded",
        "2 faces of set shapes, whose subset (WO or O) is unknown: lists in the raw folder tell it "
        "(docs/raw-data.md), `natocc partition` proposes some, and --subset all takes every face",
        "1 sample, rejected: hidden_too_much",
    ]


def test_a_version_without_gaps_has_no_line() -> None:
    empty: dict[str, int] = {}
    assert describe_left_out({"pairs_of_one_photograph": empty, "rejected": empty}) == []
