from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tasks.training.harmoniser.data.folder import FolderScenes
from tasks.training.harmoniser.data.iharmony4 import IHarmony4Scenes
from tasks.training.harmoniser.data.pairs import CompositePair, TrainingPairs, held_out_pairs
from tasks.training.harmoniser.data.scenes import Scenes, SceneSource
from tests.harmonizer_photos import iharmony4_tree, photo_folders


def scenes(source: SceneSource, short: int = 400) -> Scenes:
    return Scenes([(source, item) for item in source.items], short)


def training(source: SceneSource, seed: int = 0, crop: float = 1.0, batch: int = 2) -> TrainingPairs:
    return TrainingPairs(scenes(source), size=64, batch=batch, seed=seed, crop=crop)


def same(one: CompositePair, other: CompositePair) -> bool:
    return one.name == other.name and all(
        np.array_equal(getattr(one, field), getattr(other, field)) for field in ("composite", "real", "matte")
    )


@pytest.mark.parametrize("crop", [1.0, 0.5])
def test_a_pair_hangs_on_seed_step_and_place_alone(tmp_path: Path, crop: float) -> None:
    source = FolderScenes(*photo_folders(tmp_path))
    whole = [pair for step in range(6) for pair in training(source, crop=crop).batch(step)]
    later = training(source, crop=crop)
    assert same(later.pair(5, 1), whole[11]) and same(later.pair(2, 0), whole[4])
    other = [pair for step in range(6) for pair in training(source, 1, crop).batch(step)]
    assert not any(same(one, two) for one, two in zip(whole, other, strict=True))
    assert sum(same(whole[0], pair) for pair in whole) == 1, "other colours each time"


def test_every_picture_comes_before_one_comes_again(tmp_path: Path) -> None:
    pairs = training(FolderScenes(*photo_folders(tmp_path)))
    names = [pair.name for step in range(6) for pair in pairs.batch(step)]
    turns = [names[:4], names[4:8], names[8:]]
    assert all(sorted(turn) == ["0", "1", "2", "3"] for turn in turns)
    assert len({tuple(turn) for turn in turns}) > 1


def test_composite_and_real_differ_in_the_region_alone(tmp_path: Path) -> None:
    for pair in training(FolderScenes(*photo_folders(tmp_path)), crop=0.6, batch=8).batch(0):
        assert pair.composite.shape == pair.real.shape == (64, 64, 3) and pair.matte.shape == (64, 64)
        changed = (pair.composite != pair.real).any(-1)
        assert not changed[pair.matte == 0].any() and changed[pair.matte == 255].mean() > 0.5


def test_given_composites_are_taken_as_they_are_with_one_view_for_all_three(tmp_path: Path) -> None:
    source = IHarmony4Scenes(iharmony4_tree(tmp_path))
    for crop in (1.0, 0.7):
        for pair in training(source, crop=crop, batch=8).batch(0):
            inside, outside = pair.matte == 255, pair.matte == 0
            assert pair.composite[inside].mean() < 0.9 * pair.real[inside].mean()
            assert np.abs(pair.composite[outside].astype(int) - pair.real[outside]).mean() < 4


def test_held_out_pairs_are_the_same_whatever_else_is_held_out(tmp_path: Path) -> None:
    source = FolderScenes(*photo_folders(tmp_path, 5))
    pairs = list(held_out_pairs(scenes(source), seed=3, views=2, most=9))
    assert [pair.name for pair in pairs] == [f"{number} mask" for number in range(5) for _ in range(2)]
    assert not same(pairs[0], pairs[1])
    fewer = list(held_out_pairs(scenes(source), seed=3, views=1, most=2))
    assert same(fewer[0], pairs[0]) and same(fewer[1], pairs[4]), "evenly taken"
    assert not same(next(iter(held_out_pairs(scenes(source), seed=4, views=1, most=1))), pairs[0])


def test_a_held_out_composite_comes_once(tmp_path: Path) -> None:
    source = IHarmony4Scenes(iharmony4_tree(tmp_path))
    assert len(list(held_out_pairs(scenes(source), seed=0, views=3, most=9))) == 4
