from __future__ import annotations

from itertools import pairwise

from assets.reading.hold_out import held_out, held_out_of_each

NAMES = [f"class {number}" for number in range(47)]


def test_a_fifth_is_held_out_whatever_the_order_and_the_same_ones_everywhere() -> None:
    assert held_out(NAMES) == held_out(reversed(NAMES)) == held_out(NAMES * 2)
    assert len(held_out(NAMES)) == 9
    assert held_out(NAMES[:10]) == {"class 8", "class 9"}


def test_of_few_names_none_is_held_out() -> None:
    assert held_out(NAMES[:9]) == held_out([]) == frozenset()
    assert held_out_of_each({"dark": NAMES[:4], "fair": NAMES[4:9]}) == frozenset()


def test_another_name_displaces_at_most_one() -> None:
    for fewer, more in pairwise(range(10, 48)):
        assert len(held_out(NAMES[:fewer]) - held_out(NAMES[:more])) <= 1


def test_every_group_has_names_on_both_sides() -> None:
    groups = {"dark": NAMES[:2], "fair": NAMES[2:40], "medium": NAMES[40:46], "very fair": NAMES[46:]}
    held = held_out_of_each(groups)
    assert [len(held & set(names)) for names in groups.values()] == [1, 8, 1, 0], "one alone stays"


def test_busy_names_count_and_stay() -> None:
    groups = {"dark": NAMES[:5], "fair": NAMES[5:20]}
    held = held_out_of_each(groups)
    others = held_out_of_each(groups, held)
    assert len(others) == len(held) == 4 and others.isdisjoint(held)
    assert held_out_of_each(groups, NAMES[:20]) == frozenset()
