from __future__ import annotations

import pytest

from manifests.shard_plan import named_split, shard_prefix


@pytest.mark.parametrize(
    ("split", "named"), [("train", "train"), ("test", "test"), ("all", "train"), ("list", "train")]
)
def test_only_shards_of_held_out_faces_are_called_test(split: str, named: str) -> None:
    assert named_split(split) == named
    assert shard_prefix(split, "hand_sot") == f"{named}-hand_sot-"
