from __future__ import annotations

import pytest

from assets.wording import count_of, list_counts


@pytest.mark.parametrize(
    ("number", "plural", "text"),
    [
        (0, "shards", "0 shards"),
        (1, "shards", "1 shard"),
        (2, "shards", "2 shards"),
        (1, "test identities", "1 test identity"),
        (1, "kept", "1 kept"),
    ],
)
def test_a_count_agrees_with_the_noun_at_its_end(number: int, plural: str, text: str) -> None:
    assert count_of(number, plural) == text


def test_counts_are_listed_in_their_order() -> None:
    assert list_counts({"kept": 240, "occluded_faces": 1}) == "240 kept, 1 occluded face"
    assert list_counts({}) == ""
