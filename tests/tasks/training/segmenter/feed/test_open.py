from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from manifests.dataset import DATASET_INDEX, read_dataset
from shards.reader import BadShard
from shards.storage import join, write_bytes
from tasks.training.segmenter.feed.filters import FeedFilters
from tasks.training.segmenter.feed.reading.source import FeedSource
from tests.small_version import write_version
from tests.tasks.training.segmenter.feed.feeds import feed_of, shard, version


def test_several_versions_are_concatenated_with_their_weights(tmp_path: Path) -> None:
    one, other = version(tmp_path, "a"), version(tmp_path, "b", first=20, shards=1)
    feed = feed_of(FeedSource(url=one, weight=2.0), other)
    assert [len(feed.training), len(feed.testing)] == [9, 2]
    assert feed.weights == (2.0,) * 6 + (1.0,) * 3
    assert [data.weight for data in feed.data] == [2.0, 1.0]
    assert feed.read(feed.training[-1]).image.shape == (16, 16, 3)


def test_faces_that_are_held_out_are_not_trained_on(tmp_path: Path) -> None:
    feed = feed_of(version(tmp_path), held_out=0.3)
    assert feed.training and feed.validation
    assert not {one.photo for one in feed.training} & {one.photo for one in feed.validation}
    again = feed_of(version(tmp_path, "other"), held_out=0.3)
    assert [one.photo for one in again.validation] == [one.photo for one in feed.validation]


def test_the_fingerprint_follows_data_weights_and_samples(tmp_path: Path) -> None:
    url = version(tmp_path)
    first = feed_of(url).fingerprint
    assert first == feed_of(url).fingerprint and first.startswith("6 sha256:")
    assert first != feed_of(FeedSource(url=url, weight=2.0)).fingerprint
    assert first != feed_of(url, held_out=0.3).fingerprint
    assert first != feed_of(version(tmp_path, "w")).fingerprint
    found = {
        feed_of(
            write_version(str(tmp_path / folder / "x"), {"train-a-000000.tar": shard(0, 2), **more})
        ).fingerprint
        for folder, more in (
            ("none", {}),
            ("one", {"train-b-000000.tar": shard(50, 1, "val")}),
            ("two", {"train-b-000000.tar": shard(50, 2, "val")}),
        )
    }
    assert len(found) == 3, "the split val decides which weights are kept"


def test_a_sample_s_name_tells_it_from_others_and_not_where_it_lies(tmp_path: Path) -> None:
    feed = feed_of(version(tmp_path), version(tmp_path, "b", first=40))
    names = [feed.name_of(one) for one in feed.training]
    assert len(set(names)) == len(names) == 12
    moved = feed_of(version(tmp_path / "elsewhere"))
    assert [moved.name_of(one) for one in moved.training] == names[:6]


def test_filters_choose_sets_and_occluders_and_name_what_there_is(tmp_path: Path) -> None:
    url = version(tmp_path)
    assert len(feed_of(url, filters=FeedFilters(sets=("randocc",))).training) == 6
    with pytest.raises(
        ValueError, match="expected samples of hand, found none; there are the sets randocc and"
    ):
        feed_of(url, filters=FeedFilters(sets=("hand",)))


def test_data_without_training_samples_and_data_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected samples of the split train, found none; build a recipe"):
        feed_of(version(tmp_path, shards=0))
    url = version(tmp_path, "w")
    with pytest.raises(ValueError, match=r"expected each version once, got .*w/? twice; give it one weight"):
        feed_of(url, f"{url}/")


@pytest.mark.parametrize("fields", [{"bank": {"policy": "faceocc"}}, {"recipe": {"labels": "policy"}}])
def test_versions_whose_labels_differ_are_refused_unless_a_mixture_mixes_them(
    fields: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    one, other = version(tmp_path, "a"), version(tmp_path, "b", first=20)
    for url, own in ((one, {"bank": {"policy": "voo"}}), (other, {"bank": {"policy": "voo"}} | fields)):
        write_bytes(join(url, DATASET_INDEX), replace(read_dataset(url), **own).encode())
    with pytest.raises(ValueError, match=r"expected versions with labels of one .*a \(\w+\), .*b \(\w+\)"):
        feed_of(one, other)
    assert feed_of(FeedSource(url=one, mixed_labels=True), other).training


def test_a_damaged_shard_is_named_before_a_sample_of_it_is_used(tmp_path: Path) -> None:
    url = version(tmp_path)
    path = Path(url) / "train-randocc-000001.tar"
    feed = feed_of(url)
    data = bytearray(path.read_bytes())
    data[600] ^= 1
    path.write_bytes(data)
    assert feed.read(feed.training[0]) is not None
    with pytest.raises(BadShard, match=r"train-randocc-000001\.tar: expected the shard that the index lists"):
        feed.read(feed.training[-1])
