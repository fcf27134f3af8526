from __future__ import annotations

import pytest

from assets.datasets.coco.categories import CATEGORIES, CATEGORY_NAMES, TEST_CATEGORIES, published_category


def test_the_published_80_hold_what_is_taken_and_held_out() -> None:
    assert len(CATEGORY_NAMES) == len(set(CATEGORY_NAMES.values())) == 80
    assert len(CATEGORIES) == 20 and len(TEST_CATEGORIES) == 8
    assert set(CATEGORIES).isdisjoint(TEST_CATEGORIES)
    assert {*CATEGORIES, *TEST_CATEGORIES} <= set(CATEGORY_NAMES.values())


@pytest.mark.parametrize("name", ["sports ball", "Sports_Ball", " sports-ball ", "SPORTSBALL"])
def test_spellings_of_one_name_are_equal(name: str) -> None:
    assert published_category(name) == (37, "sports ball")


@pytest.mark.parametrize("name", ["ball", "cups", "", "orange (fruit)"])
def test_other_names_are_other_categories(name: str) -> None:
    assert published_category(name) is None
