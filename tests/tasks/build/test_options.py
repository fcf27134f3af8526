from __future__ import annotations

import pytest

from natocc.machine import Machine
from tasks.build.options import BuildOptions
from tasks.option_problems import OptionsError


def test_overrides_are_the_recipe_fields_that_were_given() -> None:
    plain = BuildOptions(recipe="sample", bank="b", out="o")
    assert plain.overrides == {} and plain.machine == Machine()
    changed = plain.replaced(seed=0, split="test", limit=3, workers=4, weights="w", device="cpu")
    assert changed.overrides == {"seed": 0, "split": "test"}, "limit and machine are no fields of a recipe"
    assert changed.machine == Machine(weights="w", device="cpu")


def test_all_problems_come_together() -> None:
    with pytest.raises(OptionsError) as caught:
        BuildOptions(recipe="sample", bank="b", out="o", workers=257, seed=-1, profile="b", lift="up")  # type: ignore[arg-type]
    assert caught.value.problems == [
        "workers: expected at least 1 and at most 256, got 257",
        "seed: expected at least 0 and less than 4294967296, got -1",
        "profile: expected best, paper or code, got 'b'",
        "lift: expected mapping or residual, got 'up'",
    ]


def test_no_samples_confirm_nothing() -> None:
    with pytest.raises(OptionsError, match="confirm_code: expected at least 1, got 0"):
        BuildOptions(recipe="sample", bank="b", out="o", confirm_code=0)
