from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from shards.reader import BadShard, MissingShard
from tasks.training.segmenter.feed.reading.index import index_source
from tasks.training.segmenter.feed.reading.shard_file import MemberReader
from tests.tasks.training.segmenter.feed.feeds import version


def test_members_are_those_of_the_tar_also_in_another_process(tmp_path: Path) -> None:
    index = index_source(version(tmp_path), 0, 0)
    reader = MemberReader(index.files)
    members = reader.read(1, "00000000", ("jpg", "mask.png", "other"))
    assert set(members) == {"jpg", "mask.png"} and members["jpg"][:2] == b"\xff\xd8"
    again = pickle.loads(pickle.dumps(reader))
    assert again.read(1, "00000000", ("jpg",)) == {"jpg": members["jpg"]}
    assert reader.where(1, "k").endswith("train-randocc-000000.tar: k")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    url = version(tmp_path)
    reader = MemberReader(index_source(url, 0, 0).files)
    with pytest.raises(BadShard, match="expected sample 'odd', got none of that key"):
        reader.read(1, "odd", ("jpg",))
    (Path(url) / "train-randocc-000001.tar").unlink()
    with pytest.raises(MissingShard, match="expected the shard that the index lists, got no file"):
        reader.read(2, "00000003", ("jpg",))
