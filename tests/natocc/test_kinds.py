"""The table of kinds: complete, without contradictions, and refused by name where it has no row."""

from __future__ import annotations

import re

import pytest

from natocc.kinds import ENTRY_KINDS, KINDS, NONE, POOLS, TARGETS, Kind, check_entry_kind, kind_named


def test_the_published_kinds_are_what_the_paper_makes_of_them() -> None:
    assert list(KINDS) == ["randocc", "object", "hand", "none"]
    assert ENTRY_KINDS == ("face", "object", "hand", "texture")
    assert [name for name, kind in KINDS.items() if kind.colour_transfer] == ["hand"]
    assert [name for name, kind in KINDS.items() if kind.harmonised] == ["object"]
    assert [name for name, kind in KINDS.items() if kind.random_shape] == ["randocc"]
    assert {kind.target for kind in KINDS.values()} == {"face"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_row_does_not_contradict_itself(kind: Kind) -> None:
    assert kind_named(kind.name) is kind and kind.target in TARGETS
    assert (kind.pool is None) == (kind.name == NONE)
    if kind.pool is None or kind.random_shape:
        assert not (kind.wrist or kind.colour_transfer or kind.harmonised), "these need a cut-out"


def test_pools_have_names_and_plurals_of_their_own() -> None:
    plurals = [pool.plural for pool in POOLS.values()]
    assert all(POOLS[name].name == name for name in POOLS)
    assert len(set(plurals)) == len(plurals) and set(plurals).isdisjoint(POOLS)
    # Shards of the bank are distinguished by the beginning of their names.
    assert not any(re.match(rf"{name}_?", other) for name in POOLS for other in POOLS if name != other)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match="expected one of the kinds randocc, object, hand, none, got 'hands'"
    ):
        kind_named("hands")
    with pytest.raises(
        ValueError, match="expected one of the kinds of entries face, object, hand, texture, got"
    ):
        check_entry_kind("randocc")
