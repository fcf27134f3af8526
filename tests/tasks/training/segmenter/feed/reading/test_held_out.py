from __future__ import annotations

from tasks.training.segmenter.feed.reading.held_out import groups_of, held_out_groups
from tests.tasks.training.segmenter.feed.feeds import sample


def test_all_photographs_of_a_person_are_one_group() -> None:
    known = [sample("a", person="p"), sample("a"), sample("b", person="p"), sample("c")]
    assert groups_of(known) == ["person p"] * 3 + ["photo c"]


def test_about_the_share_is_held_out_and_other_data_change_nothing() -> None:
    groups = [f"photo {number}" for number in range(1000)]
    held = held_out_groups(groups, 0.1)
    assert 70 < len(held) < 130
    assert held_out_groups(groups[:500], 0.1) == held & set(groups[:500])


def test_neither_part_is_empty_and_one_group_is_never_divided() -> None:
    for share in (0.001, 0.999):
        assert len(held_out_groups(["photo a", "photo b"], share)) == 1
    assert held_out_groups(["photo a", "photo a"], 0.5) == frozenset()
    assert held_out_groups(["photo a", "photo b"], 0.0) == frozenset()
