"""What a version leaves out, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.wording import count_of

# Fields of ``left_out`` with counts by set; the noun and what follows the set's name.
_BY_SET = {
    "pairs_of_one_photograph": ("pairs", "whose face and occluder come from the same photograph"),
    "withdrawn": ("samples", "made from what was withdrawn"),
    "listed_but_test_or_excluded": ("listed faces", "in the test split or excluded"),
    "faces_of_unknown_subset": (
        "faces",
        "whose subset (WO or O) is unknown: lists in the raw folder tell it (docs/raw-data.md), "
        "`natocc partition` proposes some, and --subset all takes every face",
    ),
}


def describe_left_out(left_out: Mapping[str, Any]) -> list[str]:
    """``left_out`` of ``dataset.json`` as text, one line for each set and reason."""
    lines = []
    for name, value in left_out.items():
        if name in _BY_SET:
            noun, why = _BY_SET[name]
            lines += [f"{count_of(number, noun)} of set {row}, {why}" for row, number in value.items()]
        elif name == "rejected":
            lines += [f"{count_of(number, 'samples')}, rejected: {why}" for why, number in value.items()]
        else:
            lines.append(f"set {name}, which is optional: {value}")
    return lines
