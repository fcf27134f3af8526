from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assets.problems import Problem
from tasks.training.harmoniser.data.scenes import (
    Scene,
    SceneItem,
    Scenes,
    scenes_sha256,
    shrink_scene,
    split_items,
)
from tests.harmonizer_photos import photographs


class Photos:
    """Pictures in memory; counts how often each is read."""

    name = "photographs"
    problems: tuple[Problem, ...] = ()

    def __init__(self, *photos: str, held: Sequence[str] = ()) -> None:
        self.items = tuple(
            SceneItem(
                name=f"{number}",
                photo=photo,
                content="",
                held_out=photo in held,
                regions=("mask",),
                licence="l",
            )
            for number, photo in enumerate(photos)
        )
        self.read_names: list[str] = []

    def read(self, item: SceneItem, region: str) -> Scene:
        self.read_names.append(item.name)
        real = photographs(1)[0]
        return Scene(real=real, matte=np.full(real.shape[:2], 255, np.uint8))


def parted(source: Photos, share: float = 0.25) -> tuple[list[str], list[str]]:
    learn, held = split_items([source], share)
    assert not any(item.held_out for _, item in learn) and all(item.held_out for _, item in held)
    return [item.photo for _, item in learn], [item.photo for _, item in held]


def test_items_that_a_source_holds_out_take_their_whole_photograph_with_them() -> None:
    source = Photos("a", "b", "a", "c", held=["a"])
    assert parted(source) == (["b", "c"], ["a", "a"])
    assert parted(source, 0.9) == (["b", "c"], ["a", "a"])


def test_else_a_share_of_the_photographs_is_whatever_their_order() -> None:
    names = [f"p{number}" for number in range(20)]
    learn, held = parted(Photos(*names, *names))
    assert len(set(held)) == 5 and len(held) == 10 and not set(held) & set(learn)
    assert set(parted(Photos(*reversed(names)))[1]) == set(held)
    assert len(parted(Photos("x", "y"), 0.01)[1]) == 1, "one at least"


def test_a_photograph_of_two_sources_is_on_one_side() -> None:
    one, other = Photos("a", "b", held=["a"]), Photos("a", "c", "d", held=["c"])
    learn, held = split_items([one, other], 0.5)
    assert [item.photo for _, item in learn] == ["b", "d"]
    assert [item.photo for _, item in held] == ["a", "a", "c"]


@pytest.mark.parametrize("photos", [(), ("a",), ("a", "a", "a")])
def test_too_few_photographs_are_refused(photos: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="expected two photographs at least, one to learn from") as error:
        split_items([Photos(*photos)], 0.5)
    assert f"of {len(set(photos))} photograph" in str(error.value)


def test_pictures_are_read_once_and_shrunk_in_their_proportions() -> None:
    source = Photos("a", "b")
    scenes = Scenes([(source, item) for item in source.items], 48)
    first = scenes.read(1, "mask")
    assert first.real.shape == (48, 64, 3) and first.matte.shape == (48, 64)
    assert scenes.read(1, "mask") is first and source.read_names == ["1"]
    assert shrink_scene(first, 400) is first, "nothing is enlarged"


def test_the_fingerprint_tells_other_pictures() -> None:
    one, other = (
        split_items([Photos(*names, held=["h"])], 0.3)[0] for names in (("a", "b", "h"), ("a", "c", "h"))
    )
    assert scenes_sha256(one) == scenes_sha256(list(one)) != scenes_sha256(other)
