from __future__ import annotations

from collections.abc import Callable

import pytest

from assets.bank.reader import Bank
from tasks.compare.cases import choose_cases

PAIRED = [
    {"name": "hand", "kind": "hand"},
    {"name": "hand_sot", "kind": "hand", "stream": "hand", "colour_transfer": 1.0},
]


def test_paired_sets_give_each_placement_once(bank_url: str, recipe_file: Callable[..., str]) -> None:
    recipe = recipe_file(sets=PAIRED, repeats=4)
    cases = choose_cases(Bank(bank_url), recipe, ("hand",), 2, 2)
    assert len({case.params.placement for case in cases}) == 2
    with pytest.raises(ValueError, match=r"--limit: expected at most [1-4] pairs of kind hand"):
        choose_cases(Bank(bank_url), recipe, ("hand",), 6, 2)


def test_a_kind_that_the_recipe_lacks(bank_url: str, recipe_file: Callable[..., str]) -> None:
    with pytest.raises(
        ValueError, match=r"--limit: expected at most 0 pairs of kind object .*leave the kind out"
    ):
        choose_cases(Bank(bank_url), recipe_file(sets=PAIRED), ("object",), 1, 2)


def test_cases_are_what_a_build_with_best_keeps(bank_url: str, recipe_file: Callable[..., str]) -> None:
    recipe = recipe_file(sets=PAIRED, profile="paper", hidden_ratio=[0.1, 0.2])
    for case in choose_cases(Bank(bank_url), recipe, ("hand",), 2, 2):
        assert case.plan.profile.name == "best" and case.plan.profile.hidden_ratio == (0.1, 0.2)
